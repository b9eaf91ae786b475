using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>Every access must be explained, at its own time, by a consent or a grant of the patient. Break-glass is reviewed instead.</summary>
internal sealed class ConsentRules(int permissionsMax = 262_144) : IRuleSet
{
    private static readonly ulong BreakGlass = StableHash.Of("BTG"u8);
    private static readonly ulong PatientRequest = StableHash.Of("PATRQT"u8);

    private readonly PermissionRegister _register = new(permissionsMax);
    private Coverage _explained;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Kind != EventKind.LedgerTransaction || !observed.Is(TextField.Status, "success"u8))
            return;
        var method = observed.Text(TextField.Method);
        if (method.SequenceEqual("recordAccess"u8) || method.SequenceEqual("decryptKey"u8))
            CheckAccess(observed, matches);
        else if (method.SequenceEqual("decideAccess"u8) && observed.Key(TextField.Purpose) == BreakGlass)
            // Who asked first and was let in has the records in hand, whether or not the access is reported, too.
            matches.Add(BreakGlassMatch(observed));
        else if (method.SequenceEqual("grantConsent"u8))
            _register.Give(PermissionRegister.ConsentKey(observed.Key(TextField.ConsentId)), observed);
        else if (method.SequenceEqual("grantAccess"u8))
            _register.Give(PermissionRegister.GrantKey(observed.Key(TextField.GrantId)), observed);
        else if (method.SequenceEqual("revokeConsent"u8))
            _register.Revoke(PermissionRegister.ConsentKey(observed.Key(TextField.ConsentId)), observed);
        else if (method.SequenceEqual("revokeAccess"u8))
            _register.Revoke(PermissionRegister.GrantKey(observed.Key(TextField.GrantId)), observed);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) => Observe(observed, matches);

    public void Save(BinaryWriter writer)
    {
        _register.Save(writer);
        SnapshotStructs.Write(writer, _explained);
    }

    /// <summary>Writes the consents and grants alone.</summary>
    public void SavePermissions(BinaryWriter writer) => _register.Save(writer);

    public void Load(BinaryReader reader)
    {
        _register.Load(reader);
        SnapshotStructs.Read(reader, ref _explained);
    }

    private void CheckAccess(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Key(TextField.Purpose) == BreakGlass)
        {
            matches.Add(BreakGlassMatch(observed));
            return;
        }
        if (!observed.Has(TextField.Subject) || observed.Key(TextField.Purpose) == PatientRequest)
            return;
        var fault = FaultOf(observed);
        var wasComplete = _explained.IsComplete;
        _explained.Add(fault != PermissionFault.Missing);
        if (fault == PermissionFault.None || (fault == PermissionFault.Missing && !wasComplete))
            return;
        matches.Add(Match(observed, fault));
    }

    private PermissionFault FaultOf(SentinelEvent observed)
    {
        var access = new AccessClaim
        {
            Subject = observed.Key(TextField.Subject),
            Actor = observed.Key(TextField.Actor),
            Organization = OrganizationKey(observed),
            Purpose = observed.Key(TextField.Purpose),
            Category = observed.ArgKey("category"u8),
            AtMs = observed.OccurredAt.ToUnixTimeMilliseconds(),
        };
        return _register.Explain(
            PermissionRegister.ConsentKey(observed.Key(TextField.ConsentId)),
            PermissionRegister.GrantKey(observed.Key(TextField.GrantId)), access);
    }

    /// <summary>The key of "org:" + organization, as grantees write it.</summary>
    private static ulong OrganizationKey(SentinelEvent observed)
    {
        var organization = observed.Text(TextField.Organization);
        if (organization.IsEmpty || organization.Length > 250)
            return 0;
        Span<byte> text = stackalloc byte[256];
        "org:"u8.CopyTo(text);
        organization.CopyTo(text[4..]);
        return StableHash.Of(text[..(organization.Length + 4)]);
    }

    private static RuleMatch BreakGlassMatch(SentinelEvent observed)
    {
        var actor = EventEntities.Actor(observed);
        var what = observed.Has(TextField.Subject) ? observed.TextOf(TextField.Subject) : "what names no patient";
        return new RuleMatch(
            BuiltInRules.BreakGlass, actor, observed.TextOf(TextField.Id),
            $"{Capital(EventEntities.Who(observed))} used emergency access to {what}; it is never blocked and must be reviewed.",
            "purpose BTG", "a review after the fact", EventEntities.AllBut(observed, actor));
    }

    private static RuleMatch Match(SentinelEvent observed, PermissionFault fault)
    {
        var (rule, how, seen, expected) = fault switch
        {
            PermissionFault.Missing => (BuiltInRules.ConsentMissing, "without any consent or grant on the ledger",
                "no consent or grant", "a consent or grant given before"),
            PermissionFault.Grantee => (BuiltInRules.ConsentGrantee, "citing a consent or grant given to somebody else or for another patient",
                "somebody else's permission", "one given to the actor or its organization"),
            PermissionFault.Scope => (BuiltInRules.ConsentScope, $"in category {EventEntities.Arg(observed, "category"u8)}, outside the consented scope",
                EventEntities.Arg(observed, "category"u8), "a category of the consented scope"),
            PermissionFault.Purpose => (BuiltInRules.ConsentPurpose, $"for purpose {observed.TextOf(TextField.Purpose)}, which the patient did not consent to",
                observed.TextOf(TextField.Purpose), "the consented purpose"),
            PermissionFault.Expired => (BuiltInRules.ConsentExpired, "after the consent or grant had expired", "expired", "a running consent or grant"),
            PermissionFault.Revoked => (BuiltInRules.ConsentRevoked, "after the consent or grant had been revoked", "revoked", "a consent or grant in force"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var actor = EventEntities.Actor(observed);
        var verb = observed.Is(TextField.Method, "decryptKey"u8) ? "decrypted a key of" : "read records of";
        return new RuleMatch(
            rule, actor, observed.TextOf(TextField.Id),
            $"{Capital(EventEntities.Who(observed))} {verb} {observed.TextOf(TextField.Subject)} {how}.",
            seen, expected, EventEntities.AllBut(observed, actor));
    }

    internal static string Capital(string sentence) =>
        sentence.Length == 0 ? sentence : char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
