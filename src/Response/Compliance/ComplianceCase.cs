using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Compliance;

/// <summary>The four factors by which a breach is assessed (45 CFR 164.402(2)).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreachFactor>))]
public enum BreachFactor
{
    /// <summary>What kind of information it was, how much, and how easily persons can be identified again.</summary>
    [JsonStringEnumMemberName("nature-and-extent")] NatureAndExtent,

    /// <summary>Who used it or to whom it was disclosed.</summary>
    [JsonStringEnumMemberName("unauthorized-person")] UnauthorizedPerson,

    /// <summary>Whether it was actually acquired or viewed.</summary>
    [JsonStringEnumMemberName("acquired-or-viewed")] AcquiredOrViewed,

    /// <summary>How far the risk has been mitigated.</summary>
    [JsonStringEnumMemberName("mitigation")] Mitigation,
}

/// <summary>How much risk a factor shows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FactorRisk>))]
public enum FactorRisk
{
    /// <summary>Little.</summary>
    [JsonStringEnumMemberName("low")] Low,

    /// <summary>Some.</summary>
    [JsonStringEnumMemberName("medium")] Medium,

    /// <summary>Much.</summary>
    [JsonStringEnumMemberName("high")] High,
}

/// <summary>What an assessment concludes. A breach is presumed until a low probability of compromise is shown.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreachConclusion>))]
public enum BreachConclusion
{
    /// <summary>It must be told: what holds as long as nobody shows otherwise.</summary>
    [JsonStringEnumMemberName("breach")] Breach,

    /// <summary>All factors together show a low probability that information was compromised.</summary>
    [JsonStringEnumMemberName("low-probability")] LowProbability,
}

/// <summary>A person's answer to one factor.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Risk">How much risk it shows.</param>
/// <param name="Rationale">Why, in the person's own words.</param>
public sealed record FactorAnswer(BreachFactor Factor, FactorRisk Risk, string Rationale);

/// <summary>A person's assessment of an incident.</summary>
/// <param name="Factors">One answer to each factor.</param>
/// <param name="Conclusion">What they come to.</param>
/// <param name="IsHighRisk">Whether the risk to persons is high (GDPR Article 34).</param>
/// <param name="Rationale">Why, in their own words.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
public sealed record BreachAssessment(
    IReadOnlyList<FactorAnswer> Factors, BreachConclusion Conclusion, bool IsHighRisk, string Rationale, string By,
        DateTimeOffset At)
{
    /// <summary>Shortest reason that is accepted: a word is no reason.</summary>
    public const int RationaleCharactersMin = 20;

    /// <summary>Why it cannot be kept, as a sentence; null when it can.</summary>
    public string? Objection()
    {
        foreach (var factor in Enum.GetValues<BreachFactor>())
        {
            var answers = Factors.Where(answer => answer.Factor == factor).ToList();
            if (answers.Count != 1)
                return $"Each of the four factors needs one answer; {factor} has {answers.Count}.";
            if (answers[0].Rationale.Trim().Length < RationaleCharactersMin)
                return $"Each factor needs a reason of at least {RationaleCharactersMin} characters; {factor} has too short a one.";
        }
        if (Rationale.Trim().Length < RationaleCharactersMin)
            return $"The conclusion needs a reason of at least {RationaleCharactersMin} characters.";
        return Conclusion == BreachConclusion.LowProbability && Factors.Any(answer => answer.Risk == FactorRisk.High)
            ? "A low probability cannot be concluded while a factor shows a high risk." : null;
    }
}

/// <summary>What people recorded about one incident for its regulators. Immutable; each change is a new version.</summary>
public sealed record ComplianceCase
{
    /// <summary>The incident.</summary>
    public required string IncidentId { get; init; }

    /// <summary>Grows by one with each change; 0 while nothing was recorded.</summary>
    public int Version { get; init; }

    /// <summary>What clocks depend on.</summary>
    public ClockFacts Facts { get; init; } = new();

    /// <summary>The newest assessment; null while there is none.</summary>
    public BreachAssessment? Assessment { get; init; }

    /// <summary>What brought it about, in people's words; empty while unknown.</summary>
    public string RootCause { get; init; } = "";

    /// <summary>What will be done better, in people's words.</summary>
    public string Lessons { get; init; } = "";

    /// <summary>Who changed it last; empty while nothing was recorded.</summary>
    public string ChangedBy { get; init; } = "";

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The facts with what the assessment and the evidence add to them.</summary>
    /// <param name="personsInEvidence">Persons counted in evidence; used while people have not said another number.</param>
    public ClockFacts FactsWith(long? personsInEvidence) => Facts with
    {
        Persons = Facts.Persons ?? personsInEvidence,
        IsHighRisk = Facts.IsHighRisk ?? Assessment?.IsHighRisk,
        IsNotifiable = Assessment is null ? Facts.IsNotifiable : Assessment.Conclusion == BreachConclusion.Breach,
    };
}
