namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What records a rule is about. Null means any.</summary>
public sealed record SigmaLogSource(string? Category, string? Product, string? Service);

/// <summary>How bad a match is, as rule authors say it.</summary>
public enum SigmaLevel
{
    /// <summary>Not stated.</summary>
    None,

    /// <summary>Of interest beside other things only.</summary>
    Informational,

    /// <summary>Notable, rarely an incident.</summary>
    Low,

    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>Should be looked at soon.</summary>
    High,

    /// <summary>Should be looked at now.</summary>
    Critical,
}

/// <summary>A detection rule, parsed and checked. Author and licence travel with every match.</summary>
/// <remarks>Sigma specification 2.1.0, "Sigma Rules".</remarks>
public sealed record SigmaRule
{
    /// <summary>Title, 1 to 256 characters.</summary>
    public required string Title { get; init; }

    /// <summary>Identifier; empty when the author gave none.</summary>
    public required string Id { get; init; }

    /// <summary>Name that correlations may refer to; empty when there is none.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it finds.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who wrote it; empty when unknown.</summary>
    public string Author { get; init; } = "";

    /// <summary>Its licence; empty when the rule names none.</summary>
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

    /// <summary>What records it is about.</summary>
    public required SigmaLogSource LogSource { get; init; }

    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>The line its document begins at.</summary>
    public required long Line { get; init; }

    /// <summary>Placeholders without a value; while there are any, the rule is accepted and cannot run.</summary>
    public IReadOnlyList<string> MissingPlaceholders { get; init; } = [];

    /// <summary>What must hold.</summary>
    internal SigmaExpression Condition { get; init; } = SigmaExpression.Any([]);
}
