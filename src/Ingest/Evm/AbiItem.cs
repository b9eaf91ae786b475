using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A parameter of a function, event or error.</summary>
/// <param name="Name">Its name; empty when it has none.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsIndexed">Whether an event carries it in a topic.</param>
public sealed record AbiParameter(string Name, AbiType Type, bool IsIndexed);

/// <summary>A function, event or error of a contract.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signature">The canonical signature that is hashed: <c>name(type,type)</c>.</param>
/// <param name="Inputs">Parameters, in order.</param>
/// <param name="Outputs">What a function returns; empty otherwise.</param>
public sealed record AbiItem(
    string Name, string Signature, IReadOnlyList<AbiParameter> Inputs, IReadOnlyList<AbiParameter> Outputs)
{
    /// <summary>Keccak-256 of the signature as <c>0x</c> hex: topic 0 of an event.</summary>
    public string Topic { get; } = Hex.Data(Keccak256.Hash(Signature));

    /// <summary>The first four bytes of it: how calldata and reverts begin.</summary>
    public string Selector => Topic[..10];

    /// <summary>The types of the inputs.</summary>
    public IReadOnlyList<AbiType> InputTypes { get; } = [.. Inputs.Select(input => input.Type)];

    /// <summary>The types of the outputs.</summary>
    public IReadOnlyList<AbiType> OutputTypes { get; } = [.. Outputs.Select(output => output.Type)];

    /// <summary>Reads an item of a JSON ABI.</summary>
    /// <exception cref="EvmFormatException">A member is missing or a type is not supported.</exception>
    internal static AbiItem Read(JsonElement item)
    {
        var name = item.TryGetProperty("name", out var given) ? given.GetString() ?? "" : "";
        var inputs = Parameters(item, "inputs", out var types);
        return new(name, $"{name}({string.Join(',', types)})", inputs, Parameters(item, "outputs", out _));
    }

    private static List<AbiParameter> Parameters(JsonElement item, string member, out List<string> types)
    {
        var parameters = new List<AbiParameter>();
        types = [];
        if (!item.TryGetProperty(member, out var list))
            return parameters;
        foreach (var entry in list.EnumerateArray())
        {
            var type = entry.GetProperty("type").GetString() ?? "";
            types.Add(type);
            var isIndexed = entry.TryGetProperty("indexed", out var indexed) && indexed.GetBoolean();
            parameters.Add(new(entry.GetProperty("name").GetString() ?? "", AbiType.Parse(type), isIndexed));
        }
        return parameters;
    }
}
