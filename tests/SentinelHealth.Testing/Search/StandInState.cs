using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SentinelHealth.Testing.Search;

/// <summary>A document as it is indexed.</summary>
public sealed class StandInDocument
{
    public required string Id { get; init; }

    public required long Version { get; init; }

    public required JsonElement Source { get; init; }

    /// <summary>Texts, doubles and booleans by path.</summary>
    internal Dictionary<string, List<object>> Values { get; init; } = [];

    /// <summary>Its place in its shard.</summary>
    internal long Place { get; init; }

    /// <summary>Whether searches see it.</summary>
    internal bool IsVisible { get; set; }
}

/// <summary>An index.</summary>
public sealed class StandInIndex
{
    public required string Name { get; init; }

    internal StandInMapping Mapping { get; init; } = StandInMapping.Of([]);

    public Dictionary<string, StandInDocument> Documents { get; } = new(StringComparer.Ordinal);
}

/// <summary>What the engine holds.</summary>
public sealed class StandInState(StandInSettings settings)
{
    private long _places, _views;

    internal bool IsOpenSearch => settings.IsOpenSearch;

    internal int Shards => settings.Shards;

    internal Dictionary<string, JsonElement> Policies { get; } = [];

    internal Dictionary<string, long> PolicyNumbers { get; } = [];

    internal Dictionary<string, JsonElement> Components { get; } = [];

    internal Dictionary<string, JsonElement> Templates { get; } = [];

    internal Dictionary<string, List<StandInIndex>> Streams { get; } = [];

    internal Dictionary<string, StandInIndex> Plain { get; } = [];

    internal Dictionary<string, string> Aliases { get; } = [];

    internal Dictionary<string, IReadOnlyList<(StandInDocument Document, StandInIndex Index)>> Views { get; } = [];

    /// <summary>Asked of each document of a bulk request by identifier: what it is refused with; null for not.</summary>
    public Func<string, (int Status, string Type, string Reason)?>? RefuseItem { get; set; }

    /// <summary>Shards whose part of each search is missing.</summary>
    public IReadOnlySet<int> FailedShards { get; set; } = new HashSet<int>();

    /// <summary>Searches say that they were cut off.</summary>
    public bool TimesOut { get; set; }

    /// <summary>Views that were opened and not closed.</summary>
    public int OpenViewCount => Views.Count;

    /// <summary>Bulk items taken, whatever came of them.</summary>
    public long ItemCount { get; internal set; }

    /// <summary>All views end.</summary>
    public void ExpireViews() => Views.Clear();

    /// <summary>Documents of a data stream, alias or index.</summary>
    public IReadOnlyList<StandInDocument> Documents(string name) =>
        Exists(name) ? [.. Indexes(name).SelectMany(index => index.Documents.Values)] : [];

    /// <summary>Removes a data stream, or an index with its aliases, as a person might.</summary>
    public void Delete(string name)
    {
        Streams.Remove(name);
        Plain.Remove(name);
        foreach (var alias in Aliases.Where(pair => pair.Value == name).Select(pair => pair.Key).ToList())
            Aliases.Remove(alias);
    }

    /// <summary>A template as it was put.</summary>
    public string TemplateText(string name) => Templates[name].GetRawText();

    /// <summary>Another template in its place, as another program might.</summary>
    public void SetTemplate(string name, string text) => Templates[name] = JsonElement.Parse(text);

    internal bool Exists(string name) => Streams.ContainsKey(name) || Aliases.ContainsKey(name) || Plain.ContainsKey(name);

    internal IReadOnlyList<StandInIndex> Indexes(string name) =>
        Streams.TryGetValue(name, out var stream) ? stream
        : Aliases.TryGetValue(name, out var aliased) ? [Plain[aliased]]
        : Plain.TryGetValue(name, out var index) ? [index]
        : throw new StandInException(404, "index_not_found_exception", $"no such index [{name}]");

    internal void CreateStream(string name)
    {
        if (Exists(name))
            throw new StandInException(400, "resource_already_exists_exception", $"data_stream [{name}] already exists");
        if (TemplateOf(name) is not { } template || !template.TryGetProperty("data_stream", out _))
            throw new StandInException(400, "illegal_argument_exception", $"no matching index template found for data stream [{name}]");
        Streams[name] = [];
        Rollover(name);
    }

    internal void Rollover(string name)
    {
        var stream = Streams.TryGetValue(name, out var found) ? found
            : throw new StandInException(400, "illegal_argument_exception", $"rollover target [{name}] does not point to a data stream");
        stream.Add(new StandInIndex
        {
            Name = string.Create(CultureInfo.InvariantCulture, $".ds-{name}-2026.11.22-{stream.Count + 1:d6}"),
            Mapping = MappingOf(name),
        });
    }

    internal void CreateIndex(string name, JsonElement body)
    {
        StandInBodies.Only(body, "aliases", "mappings", "settings");
        if (Exists(name))
            throw new StandInException(400, "resource_already_exists_exception", $"index [{name}] already exists");
        Plain[name] = new StandInIndex { Name = name, Mapping = MappingOf(name) };
        if (body.TryGetProperty("aliases", out var aliases))
        {
            foreach (var alias in aliases.EnumerateObject())
                Aliases[alias.Name] = name;
        }
    }

    /// <summary>The index a document goes to; null when there is none and none is made by itself.</summary>
    internal StandInIndex? Target(string name)
    {
        if (!Exists(name) && TemplateOf(name) is { } template && template.TryGetProperty("data_stream", out _))
            CreateStream(name);
        return Exists(name) ? Indexes(name)[^1] : null;
    }

    internal void Refresh(string name)
    {
        foreach (var document in Indexes(name).SelectMany(index => index.Documents.Values))
            document.IsVisible = true;
    }

    internal long NextPlace() => ++_places;

    internal int ShardOf(StandInDocument document) => (int)(document.Place % Shards);

    internal string OpenView(string name, IQueryCollection query)
    {
        if (!query.ContainsKey("keep_alive"))
            throw new StandInException(400, "action_request_validation_exception", "Validation Failed: 1: keep alive not specified;");
        // A second has passed since the last write: the engine refreshes by itself.
        Refresh(name);
        return Renamed([.. Indexes(name).SelectMany(index => index.Documents.Values.Select(document => (document, index)))]);
    }

    /// <summary>A view under a new name; the last one is no longer good.</summary>
    internal string Renamed(IReadOnlyList<(StandInDocument, StandInIndex)> view)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"view-{++_views}");
        Views[id] = view;
        return id;
    }

    private StandInMapping MappingOf(string name)
    {
        if (TemplateOf(name) is not { } template)
            throw new StandInException(400, "illegal_argument_exception", $"the stand-in guesses no mappings, and no template is for [{name}]");
        return StandInMapping.Of([.. template.GetProperty("composed_of").EnumerateArray().Select(part => Components[part.GetString()!].GetProperty("template"))
            .Where(part => part.TryGetProperty("mappings", out _)).Select(part => part.GetProperty("mappings"))]);
    }

    private JsonElement? TemplateOf(string name) => Templates.Values
        .Where(template => template.GetProperty("index_patterns").EnumerateArray().Any(pattern => StandInQuery.Glob(pattern.GetString()!, name)))
        .OrderByDescending(template => template.GetProperty("priority").GetInt64()).Cast<JsonElement?>().FirstOrDefault();
}
