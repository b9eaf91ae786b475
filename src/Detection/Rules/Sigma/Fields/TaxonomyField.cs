using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>One field of the published taxonomy: its name in rules and where it is in events and in records.</summary>
/// <param name="Name">Its name in rules.</param>
/// <param name="Path">Its path in native records.</param>
/// <param name="Text">The event's text field it is; null when it is none.</param>
/// <param name="Number">The event's numeric field it is; null when it is none.</param>
/// <param name="Meaning">What it holds, for people.</param>
public sealed record TaxonomyField(string Name, string Path, TextField? Text, NumberField? Number, string Meaning)
{
    internal static TaxonomyField Of(string name, string path, TextField field, string meaning) =>
        new(name, path, field, null, meaning);

    internal static TaxonomyField Of(string name, string path, NumberField field, string meaning) =>
        new(name, path, null, field, meaning);

    /// <summary>A field that the event holds in a way of its own.</summary>
    internal static TaxonomyField Of(string name, string path, string meaning) => new(name, path, null, null, meaning);
}
