using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>Money moves once, and for something: claims per encounter, payments per claim, releases per escrow.</summary>
internal sealed class SettlementRules : IRuleSet
{
    private readonly BoundedMap<Settled> _claims = new(131_072);
    private readonly BoundedMap<Settled> _escrows = new(65_536);
    private Coverage _supportedClaims;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (observed.Kind != EventKind.LedgerTransaction || !observed.Is(TextField.Status, "success"u8))
            return;
        if (observed.Is(TextField.Contract, "ClaimsLedger"u8))
            CheckClaim(observed, matches);
        else if (observed.Is(TextField.Contract, "Escrow"u8))
            CheckEscrow(observed, matches);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) => Observe(observed, matches);

    public void Save(BinaryWriter writer)
    {
        _claims.Save(writer);
        _escrows.Save(writer);
        SnapshotStructs.Write(writer, _supportedClaims);
    }

    public void Load(BinaryReader reader)
    {
        _claims.Load(reader);
        _escrows.Load(reader);
        SnapshotStructs.Read(reader, ref _supportedClaims);
    }

    private void CheckClaim(SentinelEvent observed, List<RuleMatch> matches)
    {
        var claim = observed.ArgKey("claimId"u8);
        if (observed.Is(TextField.Method, "pay"u8))
        {
            if (Again(_claims, claim == 0 ? 0 : StableHash.Combine(claim, 1), observed))
                matches.Add(Match(observed, BuiltInRules.ClaimDuplicate, $"paid claim {EventEntities.Arg(observed, "claimId"u8)} a second time", "second payment", "one payment per claim"));
            return;
        }
        if (observed.Is(TextField.Method, "adjudicate"u8))
            Reopen(observed, claim);
        if (!observed.Is(TextField.Method, "submitClaim"u8))
            return;
        var encounter = observed.ArgKey("encounterId"u8);
        var wasComplete = _supportedClaims.IsComplete;
        _supportedClaims.Add(encounter != 0);
        if (encounter == 0 && wasComplete)
            matches.Add(Match(observed, BuiltInRules.ClaimUnsupported, $"claimed {Amount(observed)} for no encounter", "no encounter", "an encounter behind the claim"));
        var service = StableHash.Combine(StableHash.Combine(observed.Key(TextField.Subject), encounter), observed.ArgKey("code"u8));
        var isRepeated = encounter != 0 && Again(_claims, service, observed);
        if (claim != 0)
            _claims.Touch(StableHash.Combine(claim, 3), observed.OccurredAt.ToUnixTimeMilliseconds(), out _).Service = service;
        if (isRepeated | Again(_claims, claim == 0 ? 0 : StableHash.Combine(claim, 2), observed))
            matches.Add(Match(observed, BuiltInRules.ClaimDuplicate, $"claimed {Amount(observed)} again for a service already claimed", "second claim", "one claim per service"));
    }

    /// <summary>A service whose claim was turned down may be claimed again.</summary>
    private void Reopen(SentinelEvent observed, ulong claim)
    {
        Span<byte> text = stackalloc byte[32];
        var outcome = observed.ArgText("outcome"u8, text);
        if (claim == 0 || outcome.SequenceEqual("approved"u8) || outcome.SequenceEqual("accepted"u8))
            return;
        ref readonly var submitted = ref _claims.Find(StableHash.Combine(claim, 3));
        if (Unsafe.IsNullRef(in submitted))
            return;
        _claims.Remove(submitted.Service);
        _claims.Remove(StableHash.Combine(claim, 2));
    }

    private void CheckEscrow(SentinelEvent observed, List<RuleMatch> matches)
    {
        var escrow = observed.ArgKey("escrowId"u8);
        if (escrow == 0)
            return;
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        if (observed.Is(TextField.Method, "fund"u8))
        {
            _escrows.Touch(escrow, atMs, out _) = new Settled { AtMs = atMs };
            return;
        }
        ref var funded = ref _escrows.Change(escrow);
        if (Unsafe.IsNullRef(ref funded))
            return;
        funded.Times++;
        if (funded.Times > 1)
            matches.Add(Match(observed, BuiltInRules.EscrowRepeated, $"drew {Amount(observed)} from escrow {EventEntities.Arg(observed, "escrowId"u8)} that was already settled", "settled before", "one settlement per escrow"));
    }

    private static bool Again(BoundedMap<Settled> settled, ulong key, SentinelEvent observed)
    {
        if (key == 0)
            return false;
        ref var record = ref settled.Touch(key, observed.OccurredAt.ToUnixTimeMilliseconds(), out var isNew);
        record.Times++;
        return !isNew;
    }

    private static string Amount(SentinelEvent observed)
    {
        var amount = observed.Number(NumberField.Amount);
        return double.IsNaN(amount) ? "an amount" : FormattableString.Invariant($"{amount:#,0.##}");
    }

    private static RuleMatch Match(SentinelEvent observed, RuleDefinition rule, string how, string seen, string expected)
    {
        var actor = EventEntities.Actor(observed);
        return new RuleMatch(
            rule, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} {how}.", seen, expected, EventEntities.AllBut(observed, actor));
    }

    private struct Settled
    {
        public long AtMs;
        public ulong Service;
        public int Times;
    }
}
