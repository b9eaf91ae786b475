using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Testing;

/// <summary>
/// Asks a node about the guard without a line of the product: plain JSON-RPC, selectors and topics computed elsewhere and written down.
/// </summary>
public sealed class ChainWitness(Uri endpoint, string guard) : IDisposable
{
    /// <summary>First four bytes of keccak256("isQuarantined(bytes32)").</summary>
    private const string IsQuarantinedSelector = "0x5af11d65";

    /// <summary>keccak256("Quarantined(bytes32,bytes32,bytes32,bytes32,uint64)").</summary>
    private const string QuarantinedTopic = "0xe49d7b64783118a5e11e708282f72b9348fa1f1dddb120354b2f92fa62d5fae4";

    private readonly HttpClient _http = new();

    /// <summary>The contract's own answer.</summary>
    public async Task<bool> IsQuarantinedAsync(string node)
    {
        var answer = await CallAsync("eth_call", new { to = guard, data = IsQuarantinedSelector + Word(node) }, "latest");
        return answer.GetString()!.EndsWith('1');
    }

    /// <summary>How often the guard quarantined the node.</summary>
    public async Task<int> QuarantineCountAsync(string node) => (await CallAsync(
        "eth_getLogs",
        new { address = guard, fromBlock = "0x0", toBlock = "latest", topics = new[] { QuarantinedTopic, "0x" + Word(node) } })).GetArrayLength();

    /// <summary>Every node the guard ever quarantined.</summary>
    public async Task<IReadOnlyList<string>> QuarantinedNodesAsync()
    {
        var logs = await CallAsync("eth_getLogs", new { address = guard, fromBlock = "0x0", toBlock = "latest", topics = new[] { QuarantinedTopic } });
        return [.. logs.EnumerateArray().Select(log => TextOf(log.GetProperty("topics")[1].GetString()!))];
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> CallAsync(string method, params object[] parameters)
    {
        using var answer = await _http.PostAsJsonAsync(endpoint, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException(body.ToString());
    }

    /// <summary>A bytes32 holds an identifier as text, padded with zeros.</summary>
    private static string Word(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)).PadRight(64, '0');

    private static string TextOf(string word) => Encoding.UTF8.GetString([.. Enumerable.Range(1, (word.Length - 2) / 2)
        .Select(i => byte.Parse(word.AsSpan(i * 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        .TakeWhile(value => value != 0)]);
}
