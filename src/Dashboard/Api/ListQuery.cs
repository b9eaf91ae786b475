using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>One page of a list, as the API writes it.</summary>
/// <param name="Items">The page, newest first.</param>
/// <param name="Next">Cursor of the next page for <c>after</c>; null at the end.</param>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Reads the query of a list: paging and filters, each refused by name when it is not what it should be.</summary>
internal sealed class ListQuery(HttpRequest request)
{
    public const int LimitDefault = 50;
    public const int LimitMax = 500;
    private const int TextCharactersMax = 256;

    private readonly Dictionary<string, string[]> _errors = [];
    private readonly HashSet<string> _known = ["after", "limit"];

    /// <summary>Opaque cursor of the page before.</summary>
    public string? After => Text("after");

    /// <summary>Items a page.</summary>
    public int Limit
    {
        get
        {
            if (Text("limit") is not { } text)
                return LimitDefault;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                && limit is >= 1 and <= LimitMax)
                return limit;
            Refuse("limit", $"A whole number from 1 to {LimitMax}.");
            return LimitDefault;
        }
    }

    public string? Text(string name) => Text(name, TextCharactersMax);

    public string? Text(string name, int charactersMax)
    {
        _known.Add(name);
        var values = request.Query[name];
        if (values.Count == 0 || string.IsNullOrEmpty(values[0]))
            return null;
        if (values.Count == 1 && values[0]!.Length <= charactersMax)
            return values[0];
        Refuse(name, $"Given once, with at most {charactersMax} characters.");
        return null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at.ToUniversalTime();
        Refuse(name, "An RFC 3339 time such as 2026-11-02T08:14:03Z.");
        return null;
    }

    public T? Name<T>(string name) where T : struct, Enum => Text(name) is { } text ? Parse<T>(name, text) : null;

    public IReadOnlyList<T>? Names<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        var parsed = text.Split(',', StringSplitOptions.TrimEntries).Select(part => Parse<T>(name, part)).ToList();
        return parsed.Contains(null) ? null : [.. parsed.Select(value => value!.Value)];
    }

    /// <summary>What is wrong with the query; null when nothing is. Call after every parameter has been read.</summary>
    public ValidationProblem? Problem()
    {
        foreach (var name in request.Query.Keys.Where(name => !_known.Contains(name)))
            Refuse(name, "Not a parameter of this list.");
        return _errors.Count == 0 ? null : TypedResults.ValidationProblem(_errors);
    }

    /// <summary>The page with its Link header.</summary>
    public Ok<ListAnswer<T>> Answer<T>(Page<T> page)
    {
        if (page.Next is { } next)
        {
            var query = QueryString.Create(request.Query.Where(pair => pair.Key != "after")
                .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString())).Append(new("after", next)));
            request.HttpContext.Response.Headers.Link = $"<{request.Path}{query}>; rel=\"next\"";
        }
        return TypedResults.Ok(new ListAnswer<T>(page.Items, page.Next));
    }

    /// <summary>Published names are the members' names in camel case; numbers are not names.</summary>
    private T? Parse<T>(string name, string text) where T : struct, Enum
    {
        if (text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            && Enum.IsDefined(value))
            return value;
        var names = Enum.GetNames<T>().Select(member => char.ToLowerInvariant(member[0]) + member[1..]);
        Refuse(name, $"One of {string.Join(", ", names)}.");
        return null;
    }

    private void Refuse(string name, string problem) => _errors[name] = [problem];
}
