using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A contract as its artifact describes it: how to call it, how to read what it says, and its code.</summary>
/// <remarks>Immutable; safe from many threads.</remarks>
public sealed class ContractAbi
{
    /// <summary>How the settings name a contract of which only the standard events are to be understood.</summary>
    private const string StandardPrefix = "standard:";

    private static readonly AbiType[] OneText = [new(AbiKind.Text)];
    private static readonly AbiType[] OneNumber = [new(AbiKind.Natural, 256)];

    private readonly Dictionary<string, AbiItem> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AbiItem> _functionsBySelector = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AbiItem> _eventsByTopic = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AbiItem> _errorsBySelector = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<AbiType> _constructor = [];

    private ContractAbi(string name) => (Name, IsStandardOnly) = (name, true);

    private ContractAbi(JsonElement artifact)
    {
        Name = artifact.GetProperty("contract").GetString() ?? "";
        Bytecode = Hex.ToBytes(artifact.GetProperty("bytecode").GetString());
        foreach (var entry in artifact.GetProperty("abi").EnumerateArray())
        {
            var item = AbiItem.Read(entry);
            switch (entry.GetProperty("type").GetString())
            {
                case "function":
                    _functions[item.Name] = item;
                    _functionsBySelector[item.Selector] = item;
                    break;
                case "event":
                    _eventsByTopic[item.Topic] = item;
                    break;
                case "error":
                    _errorsBySelector[item.Selector] = item;
                    break;
                case "constructor":
                    _constructor = item.InputTypes;
                    break;
            }
        }
    }

    /// <summary>The names of the contracts whose artifacts are part of this assembly.</summary>
    public static IReadOnlyList<string> ShippedNames { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith("contracts/", StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal)];

    /// <summary>The contract's name.</summary>
    public string Name { get; }

    /// <summary>Whether nothing is known of it but the common standards, so that its own events are none of ours.</summary>
    public bool IsStandardOnly { get; }

    /// <summary>Its creation code, without constructor arguments.</summary>
    public ReadOnlyMemory<byte> Bytecode { get; }

    /// <summary>Its functions, in no particular order. Overloads are not used in these contracts.</summary>
    public IReadOnlyCollection<AbiItem> Functions => _functions.Values;

    /// <summary>Its events, in no particular order.</summary>
    public IReadOnlyCollection<AbiItem> Events => _eventsByTopic.Values;

    /// <summary>Whether <see cref="Load"/> knows a name: that of a shipped contract, or <c>standard:</c> and a name of your own.</summary>
    public static bool IsKnown(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ShippedNames.Contains(name)
            || (name.StartsWith(StandardPrefix, StringComparison.Ordinal) && name.Length > StandardPrefix.Length);
    }

    /// <summary>A contract of which only the events of OpenZeppelin and the common standards are understood.</summary>
    /// <param name="name">What it is called in the events.</param>
    public static ContractAbi Standard(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(name);
    }

    /// <summary>Loads the artifact of a contract shipped with the product, or makes a <see cref="Standard"/> one for <c>standard:…</c>.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ContractAbi Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(StandardPrefix, StringComparison.Ordinal))
            return Standard(name[StandardPrefix.Length..]);
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"contracts/{name}.json")
            ?? throw new ArgumentException($"No contract \"{name}\" is shipped.", nameof(name));
        using var artifact = JsonDocument.Parse(stream);
        return new(artifact.RootElement);
    }

    /// <summary>A function by name; null when the contract has none.</summary>
    public AbiItem? Function(string name) => _functions.GetValueOrDefault(name);

    /// <summary>An event by its topic 0; null when the contract has none.</summary>
    public AbiItem? EventOf(string topic) => _eventsByTopic.GetValueOrDefault(topic);

    /// <summary>The function that calldata calls; null when it is not one of this contract.</summary>
    public AbiItem? FunctionCalledBy(ReadOnlySpan<byte> calldata) =>
        calldata.Length < 4 ? null : _functionsBySelector.GetValueOrDefault(Hex.Data(calldata[..4]));

    /// <summary>Calldata for a function.</summary>
    /// <exception cref="EvmFormatException">A value does not fit its parameter.</exception>
    public byte[] EncodeCall(string function, params object?[] values)
    {
        var item = _functions[function];
        return [.. Hex.ToBytes(item.Selector), .. AbiEncoder.Encode(item.InputTypes, values)];
    }

    /// <summary>What a function returned.</summary>
    /// <exception cref="EvmFormatException">The data is not what the function returns.</exception>
    public object[] DecodeResult(string function, ReadOnlySpan<byte> data) =>
        AbiDecoder.Decode(_functions[function].OutputTypes, data);

    /// <summary>Creation code with constructor arguments.</summary>
    /// <exception cref="EvmFormatException">A value does not fit its parameter.</exception>
    public byte[] EncodeDeployment(params object?[] values) => [.. Bytecode.Span, .. AbiEncoder.Encode(_constructor, values)];

    /// <summary>A revert as a sentence: the contract's own error with its values, a <c>require</c> text, a panic code, or the bare bytes.</summary>
    public string DescribeRevert(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
            return "Reverted without a reason.";
        var selector = Hex.Data(data[..4]);
        try
        {
            if (selector == "0x08c379a0")
                return $"Reverted: {AbiDecoder.Decode(OneText, data[4..])[0]}";
            if (selector == "0x4e487b71")
                return string.Create(CultureInfo.InvariantCulture, $"Panic 0x{AbiDecoder.Decode(OneNumber, data[4..])[0]:x}.");
            if (_errorsBySelector.TryGetValue(selector, out var error))
                return Sentence(error, AbiDecoder.Decode(error.InputTypes, data[4..]));
        }
        catch (EvmFormatException fault)
        {
            return $"Reverted with {selector} and undecodable values: {fault.Message}";
        }
        return $"Reverted with the unknown error {selector}.";
    }

    private static string Sentence(AbiItem error, object[] values) => values.Length == 0
        ? $"{error.Name}."
        : $"{error.Name}: {string.Join(", ", error.Inputs.Zip(values, (input, value) => $"{input.Name} {Show(value)}"))}.";

    private static string Show(object value) => value switch
    {
        byte[] { Length: 32 } word => EvmWord.Unpack(word) ?? "none",
        byte[] bytes => Hex.Data(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
