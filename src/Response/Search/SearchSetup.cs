using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Response.Search;

/// <summary>What is to happen before an index that is absent is made: it has to be filled.</summary>
/// <param name="EventsAsync">Marks every archived event as one to send.</param>
/// <param name="AlertsAsync">Marks every alert.</param>
internal sealed record SearchRefill(Func<CancellationToken, Task> EventsAsync, Func<CancellationToken, Task> AlertsAsync);

/// <summary>Puts policies, templates, the data stream and the index of alerts into the engine. May be repeated at any time.</summary>
internal sealed class SearchSetup(SearchTransport transport, SearchOptions options)
{
    private readonly SearchNames _names = new(options.IndexPrefix);

    private bool IsOpenSearch => options.Kind == SearchEngineKind.OpenSearch;

    /// <summary>Makes what is absent and renews what is older.</summary>
    /// <exception cref="SearchUnavailableException">The engine does not answer, or not now.</exception>
    /// <exception cref="SearchRefusedException">It is another engine, a later version of ours has been here, or it refuses.</exception>
    public async Task PutAsync(SearchRefill refill, CancellationToken cancel)
    {
        await CheckProductAsync(cancel);
        var found = await VersionAsync(cancel);
        if (found is > SearchMapping.Version)
            throw new SearchRefusedException(409,
                $"The template {_names.Events} is of version {found}; this program knows {SearchMapping.Version}. A later version has been here.");
        if (found is null or < SearchMapping.Version)
            await PutTemplatesAsync(cancel);
        // A policy may be another although the version is the same: how long events are kept is a setting.
        await PutPolicyAsync(cancel);
        if (!await ExistsAsync("/_data_stream/" + _names.Events, cancel))
        {
            // Before, not after: a crash in between has it filled twice instead of never.
            await refill.EventsAsync(cancel);
            await DoneAsync(Put("/_data_stream/" + _names.Events, null), cancel);
        }
        else if (found is null or < SearchMapping.Version)
            await DoneAsync(new SearchRequest(HttpMethod.Post, $"/{_names.Events}/_rollover", default), cancel);
        if (await ExistsAsync("/_alias/" + _names.Alerts, cancel))
            return;
        await refill.AlertsAsync(cancel);
        await DoneAsync(Put("/" + _names.AlertsIndex, new JsonObject
        {
            ["aliases"] = new JsonObject { [_names.Alerts] = new JsonObject { ["is_write_index"] = true } },
        }), cancel);
    }

    /// <summary>Says which engine is meant when it is another one: their ways part where it would be found out late.</summary>
    private async Task CheckProductAsync(CancellationToken cancel)
    {
        var reply = await GoodAsync(new SearchRequest(HttpMethod.Get, "/", default), cancel);
        using var root = JsonDocument.Parse(reply.Body);
        var isOpenSearch = root.RootElement.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Object
            && version.TryGetProperty("distribution", out var distribution) && distribution.ValueEquals("opensearch");
        if (IsOpenSearch != isOpenSearch || (!IsOpenSearch && reply.Product != "Elasticsearch"))
            throw new SearchRefusedException(reply.Status, $"This is no {options.Kind}.");
    }

    /// <summary>The version of the template of events; null when there is none.</summary>
    private async Task<long?> VersionAsync(CancellationToken cancel)
    {
        var request = new SearchRequest(HttpMethod.Get, "/_index_template/" + _names.Events, default);
        var reply = Good(await transport.SendAsync(request, cancel), orAbsent: true);
        if (reply.Status == 404)
            return null;
        using var found = JsonDocument.Parse(reply.Body);
        var template = found.RootElement.GetProperty("index_templates")[0].GetProperty("index_template");
        return template.TryGetProperty("version", out var version) ? version.GetInt64() : 0;
    }

    private async Task PutTemplatesAsync(CancellationToken cancel)
    {
        foreach (var (name, mapping, settings) in ((string, JsonObject, JsonObject)[])
            [(_names.Events, SearchMapping.Events(), SearchIndexes.EventSettings(options)),
                (_names.Alerts, SearchMapping.Alerts(), SearchIndexes.AlertSettings(options))])
        {
            await DoneAsync(Put("/_component_template/" + SearchNames.Mappings(name), SearchIndexes.Component("mappings", mapping)), cancel);
            await DoneAsync(Put("/_component_template/" + SearchNames.Settings(name), SearchIndexes.Component("settings", settings)), cancel);
            await DoneAsync(Put("/_index_template/" + name, SearchIndexes.Template(_names, name)), cancel);
        }
    }

    private Task PutPolicyAsync(CancellationToken cancel) => IsOpenSearch
        ? PutStatePolicyAsync(cancel)
        : DoneAsync(Put("/_ilm/policy/" + _names.Events, SearchIndexes.Lifecycle(options)), cancel);

    /// <summary>OpenSearch replaces a policy only for who has seen the last one.</summary>
    private async Task PutStatePolicyAsync(CancellationToken cancel)
    {
        var path = "/_plugins/_ism/policies/" + _names.Events;
        var wanted = SearchIndexes.StatePolicy(options, _names);
        var reply = Good(await transport.SendAsync(new SearchRequest(HttpMethod.Get, path, default), cancel), orAbsent: true);
        if (reply.Status == 404)
        {
            await DoneAsync(Put(path, wanted), cancel);
            return;
        }
        using var found = JsonDocument.Parse(reply.Body);
        var root = found.RootElement;
        // The engine adds to what it was given; the description says what was meant.
        if (root.GetProperty("policy").GetProperty("description").GetString() == wanted["policy"]!["description"]!.GetValue<string>())
            return;
        await DoneAsync(Put(FormattableString.Invariant(
            $"{path}?if_seq_no={root.GetProperty("_seq_no").GetInt64()}&if_primary_term={root.GetProperty("_primary_term").GetInt64()}"), wanted), cancel);
    }

    private async Task<bool> ExistsAsync(string path, CancellationToken cancel) =>
        Good(await transport.SendAsync(new SearchRequest(HttpMethod.Get, path, default), cancel), orAbsent: true).Status != 404;

    private static SearchRequest Put(string path, JsonObject? body) =>
        new(HttpMethod.Put, path, body is null ? default : JsonSerializer.SerializeToUtf8Bytes(body));

    private async Task DoneAsync(SearchRequest request, CancellationToken cancel) => await GoodAsync(request, cancel);

    private async Task<SearchReply> GoodAsync(SearchRequest request, CancellationToken cancel) =>
        Good(await transport.SendAsync(request, cancel), orAbsent: false);

    private static SearchReply Good(SearchReply reply, bool orAbsent)
    {
        if (reply.IsGood || (orAbsent && reply.Status == 404))
            return reply;
        throw reply.Status is 408 or 429 or >= 500
            ? new SearchUnavailableException(SearchError.Of(reply), reply.RetryAfter)
            : new SearchRefusedException(reply.Status, SearchError.Of(reply));
    }
}
