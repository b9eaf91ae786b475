using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Benchmarks.Fuzzing;

/// <summary>Makes inputs from inputs: changes of bytes, of tokens, and of JSON trees. The same seed gives the same inputs.</summary>
internal sealed class Mutator(int seed, int inputBytesMax)
{
    private static readonly string[] Tokens =
    [
        "null", "true", "-0", "1e400", "9223372036854775808", "\"\"", "{}", "[]", "[[[[[[[[", "\\ud800", "\\u0000", "\u202e", "\0", "\uFEFF",
        "<!DOCTYPE x>", "<!ENTITY e SYSTEM \"file:///x\">", "&#x0;", "&lt;", "<![CDATA[", "-->", "xmlns:a=\"b\"", "0x", "0xffffffff",
        "Bundle", "AuditEvent", "specversion", "class_uid", "@timestamp", "topics", "schema", "data_base64", "resources", "==", "999999999 ",
        "2026-13-40T25:61:61Z", "1969-12-31T23:59:59Z", "<85>1 ", "[x@1 a=\"]\"]", "\u2028", "sentinel.ledger-transaction.v1",
    ];

    /// <summary>Trees of more are not changed: copies of their branches would soon be the whole run.</summary>
    private const int TreeBytesMax = 12 * 1024, CopiedNodesMax = 40;

    private readonly Random _random = new(seed);

    /// <summary>One to four changes of an input, at times joined with another.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var result = input;
        for (var changes = _random.Next(1, 5); changes > 0; changes--)
        {
            result = Change(result, other);
            if (result.Length > inputBytesMax)
                result = result[..inputBytesMax];
        }
        return result;
    }

    private byte[] Change(byte[] input, byte[] other) => _random.Next(10) switch
    {
        0 => FlipBytes(input),
        1 => Cut(input),
        2 => Repeat(input),
        3 => InsertToken(input),
        4 => SwapTokens(input),
        5 => Splice(input, other),
        _ => ChangeTree(input, other),
    };

    private byte[] FlipBytes(byte[] input)
    {
        if (input.Length == 0)
            return [(byte)_random.Next(256)];
        var result = (byte[])input.Clone();
        for (var count = _random.Next(1, 4); count > 0; count--)
            result[_random.Next(result.Length)] = (byte)_random.Next(256);
        return result;
    }

    private byte[] Cut(byte[] input)
    {
        var (start, length) = Slice(input);
        return [.. input.AsSpan(0, start), .. input.AsSpan(start + length)];
    }

    private byte[] Repeat(byte[] input)
    {
        var (start, length) = Slice(input);
        var at = _random.Next(input.Length + 1);
        var times = _random.Next(20) == 0 ? Math.Min(inputBytesMax / Math.Max(1, length), 5_000) : 1;
        var slice = input.AsSpan(start, length).ToArray();
        return [.. input.AsSpan(0, at), .. Enumerable.Repeat(slice, times).SelectMany(bytes => bytes), .. input.AsSpan(at)];
    }

    private byte[] InsertToken(byte[] input)
    {
        var at = _random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. Encoding.UTF8.GetBytes(Tokens[_random.Next(Tokens.Length)]), .. input.AsSpan(at)];
    }

    /// <summary>Exchanges two pieces between delimiters, so that the grammar often survives.</summary>
    private byte[] SwapTokens(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var cuts = Enumerable.Range(0, text.Length).Where(i => "{}[],:<>/= \"".Contains(text[i], StringComparison.Ordinal)).ToArray();
        if (cuts.Length < 4)
            return input;
        int first = _random.Next(cuts.Length - 1), second = _random.Next(cuts.Length - 1);
        var one = text[cuts[first]..cuts[first + 1]];
        var two = text[cuts[second]..cuts[second + 1]];
        var swapped = text.Remove(cuts[first], one.Length).Insert(cuts[first], two);
        return Encoding.UTF8.GetBytes(swapped);
    }

    private byte[] Splice(byte[] input, byte[] other) =>
        [.. input.AsSpan(0, _random.Next(input.Length + 1)), .. other.AsSpan(_random.Next(other.Length + 1))];

    private byte[] ChangeTree(byte[] input, byte[] other)
    {
        if (input.Length > TreeBytesMax)
            return Cut(input);
        try
        {
            if (JsonNode.Parse(input) is not { } root)
                return input;
            var nodes = new List<JsonNode>();
            Collect(root, nodes);
            ChangeNode(nodes[_random.Next(nodes.Count)], nodes, other);
            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or a tree that cannot be written: bytes are changed instead.
            return FlipBytes(input);
        }
    }

    private void ChangeNode(JsonNode node, List<JsonNode> nodes, byte[] other)
    {
        switch (node)
        {
            case JsonObject members when members.Count > 0:
                var name = members.ElementAt(_random.Next(members.Count)).Key;
                if (_random.Next(3) == 0)
                    members.Remove(name);
                else if (_random.Next(4) == 0)
                    members[Tokens[_random.Next(Tokens.Length)]] = Value(nodes, other);
                else
                    members[name] = Value(nodes, other);
                break;
            case JsonArray items when items.Count > 0 && _random.Next(2) == 0:
                items[_random.Next(items.Count)] = Value(nodes, other);
                break;
            case JsonArray items:
                if (_random.Next(10) == 0)
                    for (var count = 0; count < 300; count++)
                        items.Add(new JsonObject());
                items.Add(Value(nodes, other));
                break;
        }
    }

    private JsonNode? Value(List<JsonNode> nodes, byte[] other) => _random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(_random.Next(2) == 0),
        2 => JsonValue.Create(_random.NextInt64()),
        3 => JsonValue.Create(new string('x', _random.Next(2_000))),
        4 => JsonValue.Create(Tokens[_random.Next(Tokens.Length)].Replace("\0", "", StringComparison.Ordinal)),
        5 => new JsonArray(),
        6 => JsonValue.Create(Convert.ToBase64String(other.AsSpan(0, Math.Min(other.Length, 4_096)))),
        7 => Deep(),
        _ => Copy(nodes[_random.Next(nodes.Count)]),
    };

    private static JsonNode? Copy(JsonNode node)
    {
        var inside = new List<JsonNode>();
        Collect(node, inside);
        return inside.Count <= CopiedNodesMax ? node.DeepClone() : null;
    }

    private JsonNode Deep()
    {
        JsonNode node = new JsonObject();
        for (var depth = _random.Next(40); depth > 0; depth--)
            node = depth % 2 == 0 ? new JsonArray(node) : new JsonObject { ["a"] = node };
        return node;
    }

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        nodes.Add(node);
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
            Collect(child, nodes);
    }

    private (int Start, int Length) Slice(byte[] input)
    {
        var start = _random.Next(input.Length + 1);
        return (start, _random.Next(Math.Min(64, input.Length - start) + 1));
    }
}
