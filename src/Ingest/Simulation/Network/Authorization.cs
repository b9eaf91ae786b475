namespace SentinelHealth.Ingest.Simulation.Network;

/// <summary>A consent or a grant as the ledger holds it.</summary>
internal sealed class Authorization
{
    /// <summary>
    /// An access is planned a little before it is written, so what expires or begins within this margin is not relied on.
    /// Longer than any chain of records that one step of a script writes.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    public required string Id { get; init; }

    public required bool IsGrant { get; init; }

    public required string Grantee { get; init; }

    public required string Purpose { get; init; }

    public required string[] Scope { get; init; }

    public required DateTimeOffset GivenAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The consent a grant rests on.</summary>
    public string? ConsentId { get; init; }

    /// <summary>The decision to revoke has been taken; the transaction follows within <see cref="Margin"/>.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>When the revoking transaction is written; never for a grant that merely rested on a withdrawn consent.</summary>
    public DateTimeOffset RevokedAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The transaction that should have given it was reverted.</summary>
    public bool IsVoid { get; set; }

    public bool IsOver(DateTimeOffset at) => IsRevoked || IsVoid || ExpiresAt <= at;

    public bool IsLive(DateTimeOffset at) => !IsRevoked && !IsVoid && GivenAt < at && ExpiresAt > at + Margin;

    /// <summary>Whether the ledger, read to the letter and on the minute, would find this explanation.</summary>
    public bool MayExplain(Staff who, string purpose, string category, DateTimeOffset at) =>
        !IsVoid && GivenAt <= at && at < ExpiresAt && at < RevokedAt && IsFor(who, purpose, category);

    public bool Explains(Staff who, string purpose, string? category, DateTimeOffset at) =>
        IsLive(at) && IsFor(who, purpose, category);

    private bool IsFor(Staff who, string purpose, string? category) =>
        (Purpose == purpose || (Purpose == "TREAT" && purpose == "ETREAT"))
        && (ReferenceEquals(Grantee, who.Did) || ReferenceEquals(Grantee, who.Home.Grantee) || Grantee == who.Did)
        && (category is null || Array.IndexOf(Scope, category) >= 0);
}
