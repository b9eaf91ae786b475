using System.Runtime.CompilerServices;
using System.Text.Json;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>
/// Every consent and grant the ledger recorded, with the span of event time in which each held.
/// </summary>
/// <remarks>
/// Bounded to 262,144 permissions unless told otherwise, of which those given or used longest ago are forgotten, and as many (patient, grantee) pairs with 6 permissions
/// each, of which the one that ends first makes room: a standing consent outlives the short grants after it. What is forgotten can
/// only silence "revoked" and raise "missing", and the latter is guarded by <see cref="Coverage"/>. O(1) per event.
/// </remarks>
internal sealed class PermissionRegister(int permissionsMax = 262_144)
{
    private readonly BoundedMap<Permission> _permissions = new(permissionsMax);
    private readonly BoundedMap<PairPermissions> _pairs = new(permissionsMax);

    /// <summary>Key of a consent in the register.</summary>
    public static ulong ConsentKey(ulong consentId) => consentId == 0 ? 0 : StableHash.Combine(consentId, 1);

    /// <summary>Key of a grant in the register.</summary>
    public static ulong GrantKey(ulong grantId) => grantId == 0 ? 0 : StableHash.Combine(grantId, 2);

    /// <summary>Records a consent or grant.</summary>
    public void Give(ulong key, SentinelEvent observed)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        var grantee = observed.ArgKey("grantee"u8);
        if (key == 0 || grantee == 0)
            return;
        ref var permission = ref _permissions.Touch(key, atMs, out _);
        permission = new Permission
        {
            Subject = observed.Key(TextField.Subject),
            Grantee = grantee,
            Purpose = observed.Key(TextField.Purpose),
            FromMs = atMs,
            UntilMs = ExpiryMs(observed),
            RevokedAtMs = long.MaxValue,
        };
        ReadScopes(observed, ref permission);
        ref var pair = ref _pairs.Touch(StableHash.Combine(permission.Subject, grantee), atMs, out _);
        pair[PlaceFor(key, pair)] = key;
    }

    /// <summary>Ends a consent or grant at the event's time.</summary>
    public void Revoke(ulong key, SentinelEvent observed)
    {
        ref var permission = ref _permissions.Change(key);
        if (!Unsafe.IsNullRef(ref permission))
            permission.RevokedAtMs = Math.Min(permission.RevokedAtMs, observed.OccurredAt.ToUnixTimeMilliseconds());
    }

    /// <summary>Ends a permission at a moment.</summary>
    public void RevokeAt(ulong key, long atMs)
    {
        ref var permission = ref _permissions.Change(key);
        if (!Unsafe.IsNullRef(ref permission))
            permission.RevokedAtMs = Math.Min(permission.RevokedAtMs, atMs);
    }

    /// <summary>What permissions say to an access: those it cites, else any.</summary>
    /// <param name="consent">Key of the consent that is cited; 0 for none.</param>
    /// <param name="grant">Key of the grant that is cited; 0 for none.</param>
    /// <param name="access">The access.</param>
    /// <param name="without">Permissions that do not count; null for none.</param>
    public PermissionFault Explain(ulong consent, ulong grant, in AccessClaim access, IReadOnlySet<ulong>? without = null)
    {
        if (consent == 0 && grant == 0)
            return Search(access, without);
        // A grant names who may; the consent behind it is often given to the organization: one of the two must allow everything,
        // and neither may have ended.
        var byConsent = consent == 0 ? PermissionFault.Missing : Cited(consent, access);
        var byGrant = grant == 0 ? PermissionFault.Missing : Cited(grant, access);
        if (byConsent is PermissionFault.Revoked or PermissionFault.Expired)
            return byConsent;
        if (byGrant is PermissionFault.Revoked or PermissionFault.Expired)
            return byGrant;
        if (byConsent == PermissionFault.None || byGrant == PermissionFault.None)
            return PermissionFault.None;
        return byConsent > byGrant ? byConsent : byGrant;
    }

    /// <summary>What a cited permission says to an access; <see cref="PermissionFault.Missing"/> when it is not known.</summary>
    public PermissionFault Cited(ulong key, in AccessClaim access) => Unsafe.IsNullRef(in _permissions.Find(key))
        ? PermissionFault.Missing
        : _permissions.Touch(key, access.AtMs, out _).FaultOf(access);

    /// <summary>Whether any permission of the patient for the actor or its organization allows the access, else the nearest miss.</summary>
    public PermissionFault Search(in AccessClaim access, IReadOnlySet<ulong>? without = null)
    {
        var nearest = PermissionFault.Missing;
        ReadOnlySpan<ulong> grantees = [access.Actor, access.Organization];
        foreach (var grantee in grantees)
        {
            var pair = StableHash.Combine(access.Subject, grantee);
            if (Unsafe.IsNullRef(in _pairs.Find(pair)))
                continue;
            foreach (var key in (ReadOnlySpan<ulong>)_pairs.Touch(pair, access.AtMs, out _))
            {
                if (key == 0 || without?.Contains(key) == true)
                    continue;
                var fault = Cited(key, access);
                if (fault == PermissionFault.None)
                    return fault;
                nearest = fault > nearest ? fault : nearest;
            }
        }
        return nearest;
    }

    public void Save(BinaryWriter writer)
    {
        _permissions.Save(writer);
        _pairs.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _permissions.Load(reader);
        _pairs.Load(reader);
    }

    private static long ExpiryMs(SentinelEvent observed) =>
        observed.TrySeekArg("expiresAt"u8, out var reader) && reader.TokenType == JsonTokenType.String
            && reader.TryGetDateTimeOffset(out var expiresAt)
            ? expiresAt.ToUnixTimeMilliseconds()
            : long.MaxValue;

    private static void ReadScopes(SentinelEvent observed, ref Permission permission)
    {
        if (!observed.TrySeekArg("scope"u8, out var reader) || reader.TokenType != JsonTokenType.StartArray)
            return;
        Span<byte> text = stackalloc byte[256];
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (permission.ScopeCount < Permission.ScopesMax && reader.ValueSpan.Length <= text.Length)
                permission.Scopes[permission.ScopeCount] = StableHash.Of(text[..reader.CopyString(text)]);
            permission.ScopeCount++;
        }
    }

    /// <summary>Where a permission goes among its pair's: to its own place, a free one, or that of the permission that ends first.</summary>
    private int PlaceFor(ulong key, ReadOnlySpan<ulong> pair)
    {
        if (pair.IndexOf(key) is var own and >= 0)
            return own;
        var (place, firstEndMs) = (0, long.MaxValue);
        for (var i = 0; i < pair.Length; i++)
        {
            ref readonly var held = ref _permissions.Find(pair[i]);
            if (pair[i] == 0 || Unsafe.IsNullRef(in held))
                return i;
            var endMs = Math.Min(held.UntilMs, held.RevokedAtMs);
            if (endMs < firstEndMs)
                (place, firstEndMs) = (i, endMs);
        }
        return place;
    }

    /// <summary>Permissions of a patient for a grantee; 0 is a free place.</summary>
    [InlineArray(6)]
    private struct PairPermissions
    {
        private ulong _first;
    }
}
