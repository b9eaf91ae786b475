using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.Rules;

/// <summary>A consent or a grant as the ledger recorded it. Keys are stable hashes, times milliseconds of event time.</summary>
internal struct Permission
{
    public const int ScopesMax = 4;

    public ulong Subject;
    public ulong Grantee;
    public ulong Purpose;
    public long FromMs;
    public long UntilMs;
    public long RevokedAtMs;
    public ScopeKeys Scopes;
    public int ScopeCount;

    /// <summary>Why this permission does not allow an access; <see cref="PermissionFault.None"/> when it does.</summary>
    public readonly PermissionFault FaultOf(in AccessClaim access)
    {
        if (Subject != access.Subject || (Grantee != access.Actor && Grantee != access.Organization))
            return PermissionFault.Grantee;
        if (access.AtMs >= RevokedAtMs)
            return PermissionFault.Revoked;
        if (access.AtMs >= UntilMs)
            return PermissionFault.Expired;
        if (access.AtMs < FromMs)
            return PermissionFault.Missing;
        if (!Fits(access.Purpose))
            return PermissionFault.Purpose;
        return Covers(access.Category) ? PermissionFault.None : PermissionFault.Scope;
    }

    private readonly bool Fits(ulong purpose) =>
        Purpose == 0 || purpose == Purpose || (Purpose == AccessClaim.Treatment && purpose == AccessClaim.EmergencyTreatment);

    private readonly bool Covers(ulong category)
    {
        // More scopes than fit are taken as "anything": a rule must not accuse on what it did not keep.
        if (category == 0 || ScopeCount == 0 || ScopeCount > ScopesMax)
            return true;
        ReadOnlySpan<ulong> scopes = Scopes;
        return scopes[..ScopeCount].Contains(category);
    }

    [InlineArray(ScopesMax)]
    public struct ScopeKeys
    {
        private ulong _first;
    }
}

/// <summary>Why a permission does not allow an access, worst last.</summary>
internal enum PermissionFault : byte
{
    None,
    Missing,
    Grantee,
    Scope,
    Purpose,
    Expired,
    Revoked,
}

/// <summary>An access as it must be explained.</summary>
internal readonly struct AccessClaim
{
    public static readonly ulong Treatment = Ingest.Events.StableHash.Of("TREAT"u8);
    public static readonly ulong EmergencyTreatment = Ingest.Events.StableHash.Of("ETREAT"u8);

    public required ulong Subject { get; init; }

    public required ulong Actor { get; init; }

    public required ulong Organization { get; init; }

    public required ulong Purpose { get; init; }

    public required ulong Category { get; init; }

    public required long AtMs { get; init; }
}
