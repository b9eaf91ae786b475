using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Which rules and playbooks are let in.</summary>
internal sealed record ContentSection : IValidatableObject
{
    /// <summary>Whether folders of rules and playbooks must be signed by a trusted key; else they are not used.</summary>
    public bool RequireSigned { get; init; }

    /// <summary>Identifiers of trusted keys, as <c>content sign</c> shows them.</summary>
    [MaxLength(64)]
    public IReadOnlyList<string> TrustedKeys { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RequireSigned && TrustedKeys.Count == 0)
            yield return new("Content must be signed, and no key is trusted.", [nameof(TrustedKeys)]);
    }
}
