namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What every Sigma document says of itself. Author and licence travel with every match.</summary>
/// <remarks>Sigma specification 2.1.0, "Sigma Rules", "Components".</remarks>
public abstract record SigmaDocument
{
    /// <summary>Title, 1 to 256 characters.</summary>
    public required string Title { get; init; }

    /// <summary>Identifier; empty when the author gave none.</summary>
    public required string Id { get; init; }

    /// <summary>Name that correlations and filters may refer to; empty when there is none.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it finds.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who wrote it; empty when unknown.</summary>
    public string Author { get; init; } = "";

    /// <summary>Its licence; empty when the document names none.</summary>
    public string License { get; init; } = "";

    /// <summary>stable, test, experimental, deprecated or unsupported; empty when not stated.</summary>
    public string Status { get; init; } = "";

    /// <summary>How bad a match is.</summary>
    public SigmaLevel Level { get; init; }

    /// <summary>Tags such as <c>attack.t1078</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Sources on the web.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>What else may match.</summary>
    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>Fields worth showing with a match.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>The line its document begins at.</summary>
    public required long Line { get; init; }

    /// <summary>Placeholders without a value; while there are any, the document is accepted and cannot run.</summary>
    public IReadOnlyList<string> MissingPlaceholders { get; init; } = [];

    /// <summary>Changes with anything that is written in the document, and with nothing else.</summary>
    internal ulong Digest { get; init; }
}
