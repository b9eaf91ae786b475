using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>One call of a batch.</summary>
/// <param name="Method">The method.</param>
/// <param name="Parameters">Its parameters, in order.</param>
public readonly record struct JsonRpcCall(string Method, params object?[] Parameters);

/// <summary>A node's answer to one call.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="Result">The result; meaningless when there is an error.</param>
/// <param name="Error">The error; null when the call succeeded.</param>
public readonly record struct JsonRpcReply(int Id, JsonElement Result, JsonRpcError? Error)
{
    /// <summary>The result.</summary>
    /// <exception cref="JsonRpcErrorException">The node answered with an error.</exception>
    public JsonElement Value() => Error is null ? Result : throw new JsonRpcErrorException(Error);
}

/// <summary>An error a node answered with.</summary>
/// <param name="Code">The JSON-RPC code; 3 for a revert.</param>
/// <param name="Message">The node's words, cut to 500 characters.</param>
/// <param name="Data">Revert data, when the node sent any; empty otherwise.</param>
public sealed record JsonRpcError(int Code, string Message, byte[] Data)
{
    private const int MessageCharsMax = 500;

    /// <summary>Whether this is a contract's refusal rather than the node's. Nodes differ in the code; the data or the words tell.</summary>
    public bool IsRevert => Code == 3 || Data.Length > 0 || Message.Contains("revert", StringComparison.OrdinalIgnoreCase);

    internal static JsonRpcError Read(JsonElement error)
    {
        var code = error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value)
            ? value : 0;
        var message = error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        return new(code, message.Length > MessageCharsMax ? message[..MessageCharsMax] : message, DataOf(error));
    }

    private static byte[] DataOf(JsonElement error)
    {
        if (!error.TryGetProperty("data", out var data))
            return [];
        // Some nodes wrap the bytes once more.
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("data", out var inner))
            data = inner;
        if (data.ValueKind != JsonValueKind.String)
            return [];
        try
        {
            return Hex.ToBytes(data.GetString());
        }
        catch (EvmFormatException)
        {
            // The member is free-form by specification, so text instead of bytes is no fault: there is just no revert data.
            return [];
        }
    }
}

/// <summary>The node answered a call with an error.</summary>
public sealed class JsonRpcErrorException : Exception
{
    /// <inheritdoc/>
    public JsonRpcErrorException() : this(new JsonRpcError(0, "", [])) { }

    /// <inheritdoc/>
    public JsonRpcErrorException(string message) : this(new JsonRpcError(0, message, [])) { }

    /// <inheritdoc/>
    public JsonRpcErrorException(string message, Exception inner) : base(message, inner) => Error = new(0, message, []);

    /// <summary>From a node's error.</summary>
    public JsonRpcErrorException(JsonRpcError error)
        : base($"The node answered with error {error?.Code}: {error?.Message}") => Error = error!;

    /// <summary>The error.</summary>
    public JsonRpcError Error { get; }
}

/// <summary>No usable answer came: the node is down, too slow, too loquacious or does not speak JSON-RPC. What it did is not known.</summary>
public sealed class JsonRpcTransportException : Exception
{
    /// <inheritdoc/>
    public JsonRpcTransportException() { }

    /// <inheritdoc/>
    public JsonRpcTransportException(string message) : base(message) { }

    /// <inheritdoc/>
    public JsonRpcTransportException(string message, Exception inner) : base(message, inner) { }
}
