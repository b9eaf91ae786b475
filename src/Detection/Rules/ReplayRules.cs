using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>What may be used once must not be used twice, and what was revoked not at all: proofs, biometric samples, credentials.</summary>
internal sealed class ReplayRules : IRuleSet
{
    private readonly BoundedMap<Sighting> _proofs = new(131_072);
    private readonly BoundedMap<Sighting> _probes = new(131_072);
    private readonly BoundedMap<Sighting> _revokedCredentials = new(131_072);
    private Coverage _freshProbes;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Kind == EventKind.BiometricQuery)
        {
            CheckProbe(observed, matches);
            return;
        }
        if (!observed.Is(TextField.Status, "success"u8))
            return;
        if (observed.Is(TextField.Method, "verifyProof"u8))
            CheckProof(observed, matches);
        else if (observed.Is(TextField.Method, "revokeCredential"u8))
            RecordRevocation(observed);
        else if (!observed.Is(TextField.Contract, "IdentityRegistry"u8))
            CheckCredential(observed, matches);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches)
    {
        // A probe, or a credential at work, is judged where its own events are; samples do not travel between organizations.
        if (observed.Is(TextField.Method, "verifyProof"u8) || observed.Is(TextField.Method, "revokeCredential"u8))
            Observe(observed, matches);
    }

    public void Save(BinaryWriter writer)
    {
        _proofs.Save(writer);
        _probes.Save(writer);
        _revokedCredentials.Save(writer);
        SnapshotStructs.Write(writer, _freshProbes);
    }

    public void Load(BinaryReader reader)
    {
        _proofs.Load(reader);
        _probes.Load(reader);
        _revokedCredentials.Load(reader);
        SnapshotStructs.Read(reader, ref _freshProbes);
    }

    private void CheckProof(SentinelEvent observed, List<RuleMatch> matches)
    {
        var nullifier = observed.ArgKey("nullifier"u8);
        var proof = observed.ArgKey("proofHash"u8);
        var isReused = SeenBefore(_proofs, nullifier, observed) | SeenBefore(_proofs, proof, observed);
        if (isReused)
            matches.Add(Match(observed, BuiltInRules.ProofReused, "presented a zero-knowledge proof whose nullifier was already spent", "seen before", "a fresh nullifier"));
    }

    private void CheckProbe(SentinelEvent observed, List<RuleMatch> matches)
    {
        var probe = observed.Key(TextField.ProbeHash);
        if (probe == 0)
            return;
        // The same capture may be tried against several references in one identification; against the same one it is a replay.
        var isReused = SeenBefore(_probes, StableHash.Combine(probe, observed.Key(TextField.Subject)), observed);
        var wasComplete = _freshProbes.IsComplete;
        _freshProbes.Add(!isReused);
        if (isReused && wasComplete)
            matches.Add(Match(observed, BuiltInRules.ProbeReplayed, "submitted a biometric sample identical to an earlier one", "identical sample", "a fresh capture"));
    }

    private void RecordRevocation(SentinelEvent observed)
    {
        var credential = observed.ArgKey("credentialId"u8);
        if (credential == 0)
            return;
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        _revokedCredentials.Touch(credential, atMs, out _).AtMs = atMs;
    }

    private void CheckCredential(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Args.IsEmpty)
            return;
        ref readonly var revoked = ref _revokedCredentials.Find(observed.ArgKey("credentialId"u8));
        if (!Unsafe.IsNullRef(in revoked) && observed.OccurredAt.ToUnixTimeMilliseconds() > revoked.AtMs)
            matches.Add(Match(observed, BuiltInRules.CredentialRevoked, "acted with a credential that had been revoked", "revoked credential", "a valid credential"));
    }

    private static bool SeenBefore(BoundedMap<Sighting> seen, ulong key, SentinelEvent observed)
    {
        if (key == 0)
            return false;
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        ref var sighting = ref seen.Touch(key, atMs, out var isNew);
        if (isNew)
            sighting.AtMs = atMs;
        return !isNew;
    }

    private static RuleMatch Match(SentinelEvent observed, RuleDefinition rule, string how, string seen, string expected)
    {
        var actor = EventEntities.Actor(observed);
        return new RuleMatch(
            rule, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} {how}.", seen, expected, EventEntities.AllBut(observed, actor));
    }

    private struct Sighting
    {
        public long AtMs;
    }
}
