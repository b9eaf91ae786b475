using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>
/// A biometric query that gave access belongs to a ledger transaction. A query that names none is a breach at once; one that names
/// a transaction the ledger does not show within ten minutes of event time is a breach then.
/// </summary>
/// <remarks>
/// Waiting queries are bounded to 16,384; at the bound the oldest is decided early. Transactions are remembered for 262,144
/// entries by identifier and by the part before the colon. Both breaches are raised only while such references usually resolve.
/// A state that is kept in memory takes the waiting queries as they are; each is put into words once for all of them.
/// </remarks>
internal sealed class OffLedgerRules : IRuleSet
{
    private const long PatienceMs = 600_000;
    private const int WaitingMax = 16_384;

    private readonly BoundedMap<byte> _transactions = new(262_144);
    private Queue<Waiting> _waiting = new();
    private readonly Stack<SentinelEvent> _spare = new();
    private Coverage _referenced;
    private Coverage _resolved;
    private long _watermarkMs;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        _watermarkMs = Math.Max(_watermarkMs, atMs);
        if (observed.Kind == EventKind.LedgerTransaction)
            RecordTransaction(observed, atMs);
        else if (GivesAccess(observed))
            CheckQuery(observed, atMs, matches);
        while (_waiting.TryPeek(out var oldest) && (oldest.DueMs <= _watermarkMs || _waiting.Count > WaitingMax))
            Decide(_waiting.Dequeue(), matches);
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) { }

    public void Save(BinaryWriter writer)
    {
        _transactions.Save(writer);
        SnapshotStructs.Write(writer, _referenced);
        SnapshotStructs.Write(writer, _resolved);
        writer.Write(_watermarkMs);
        PutIntoWords();
        var waiting = new KeptQueries([.. _waiting]);
        if (writer.BaseStream is ITableKeeper keeper)
            keeper.Keep(waiting);
        else
            waiting.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _transactions.Load(reader);
        SnapshotStructs.Read(reader, ref _referenced);
        SnapshotStructs.Read(reader, ref _resolved);
        _watermarkMs = reader.ReadInt64();
        var isKept = KeptTable.TryTake<KeptQueries>(reader, "Waiting queries were", out var kept);
        _waiting = new((isKept ? kept! : KeptQueries.Load(reader)).Items);
    }

    private static bool GivesAccess(SentinelEvent observed) =>
        observed.Is(TextField.Decision, "match"u8)
        && (observed.Is(TextField.Operation, "verify"u8) || observed.Is(TextField.Operation, "export"u8) || observed.Is(TextField.Operation, "decrypt"u8));

    private void RecordTransaction(SentinelEvent observed, long atMs)
    {
        _transactions.Touch(observed.Key(TextField.Id), atMs, out _) = 1;
        var id = observed.Text(TextField.Id);
        var colon = id.IndexOf((byte)':');
        if (colon > 0)
            _transactions.Touch(StableHash.Of(id[..colon]), atMs, out _) = 1;
    }

    private void CheckQuery(SentinelEvent observed, long atMs, List<RuleMatch> matches)
    {
        var transaction = observed.Key(TextField.LedgerTxId);
        var wasComplete = _referenced.IsComplete;
        _referenced.Add(transaction != 0);
        if (transaction == 0)
        {
            if (wasComplete)
                matches.Add(MatchOf(observed, "that names no ledger transaction", "no transaction"));
        }
        else if (IsOnLedger(transaction))
        {
            _resolved.Add(true);
        }
        else
        {
            // Most transactions come in time: the query is kept in reused memory, and put into words only if it must be.
            var kept = _spare.TryPop(out var spare) ? spare : new SentinelEvent();
            kept.CopyFrom(observed);
            _waiting.Enqueue(new Waiting(atMs + PatienceMs, transaction, kept, null));
        }
    }

    private void Decide(Waiting waiting, List<RuleMatch> matches)
    {
        var wasComplete = _resolved.IsComplete;
        var isOnLedger = IsOnLedger(waiting.Transaction);
        _resolved.Add(isOnLedger);
        if (!isOnLedger && wasComplete)
            matches.Add(waiting.Breach?.Match ?? Dangling(waiting.Query!));
        if (waiting.Query is { } done)
            _spare.Push(done);
    }

    /// <summary>What was kept in reused memory becomes breaches that never change: a kept state may refer to these.</summary>
    private void PutIntoWords()
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var waiting = _waiting.Dequeue();
            if (waiting.Query is { } query)
            {
                waiting = waiting with { Query = null, Breach = new Breach(Dangling(query)) };
                _spare.Push(query);
            }
            _waiting.Enqueue(waiting);
        }
    }

    private static RuleMatch Dangling(SentinelEvent query) =>
        MatchOf(query, "whose ledger transaction never appeared", "transaction not on the ledger");

    private bool IsOnLedger(ulong transaction) => !Unsafe.IsNullRef(in _transactions.Find(transaction));

    private static RuleMatch MatchOf(SentinelEvent observed, string how, string seen)
    {
        var actor = EventEntities.Actor(observed);
        var patient = observed.Has(TextField.Subject) ? " of " + observed.TextOf(TextField.Subject) : "";
        return new RuleMatch(
            BuiltInRules.OffLedger, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} got a biometric {observed.TextOf(TextField.Operation)}{patient} {how}.",
            seen, "a transaction on the ledger", EventEntities.AllBut(observed, actor));
    }

    /// <summary>A query waiting for its transaction: as it came, or, once it was saved, as the breach it will be if none comes.</summary>
    private readonly record struct Waiting(long DueMs, ulong Transaction, SentinelEvent? Query, Breach? Breach);

    /// <summary>What is said if no transaction comes. Immutable.</summary>
    private sealed class Breach(RuleMatch match)
    {
        public RuleMatch Match { get; } = match;

        public int SavedBytes { get; } = SavedText.BytesOf(match.Entity.Id) + SavedText.BytesOf(match.EventId)
            + SavedText.BytesOf(match.Reason) + SavedText.BytesOf(match.Observed) + SavedText.BytesOf(match.Expected)
            + sizeof(int) + match.Related.Sum(related => sizeof(byte) + SavedText.BytesOf(related.Id));

        public void Save(BinaryWriter writer)
        {
            writer.Write(Match.Entity.Id);
            writer.Write(Match.EventId);
            writer.Write(Match.Reason);
            writer.Write(Match.Observed);
            writer.Write(Match.Expected);
            writer.Write(Match.Related.Count);
            foreach (var related in Match.Related)
            {
                writer.Write((byte)related.Type);
                writer.Write(related.Id);
            }
        }

        public static Breach Load(BinaryReader reader)
        {
            var entity = new EntityRef(EntityType.Actor, reader.ReadString());
            var (eventId, reason, observed, expected) =
                (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());
            var related = new EntityRef[Math.Clamp(reader.ReadInt32(), 0, 16)];
            for (var i = 0; i < related.Length; i++)
                related[i] = new EntityRef((EntityType)reader.ReadByte(), reader.ReadString());
            return new Breach(new RuleMatch(BuiltInRules.OffLedger, entity, eventId, reason, observed, expected, related));
        }
    }

    /// <summary>The queries that wait at a moment, all of them in words, the oldest first.</summary>
    private sealed class KeptQueries(Waiting[] items) : IKeptTable
    {
        public Waiting[] Items => items;

        public long SavedBytes =>
            sizeof(int) + items.Sum(waiting => sizeof(long) + sizeof(ulong) + (long)waiting.Breach!.SavedBytes);

        public void Save(BinaryWriter writer)
        {
            writer.Write(items.Length);
            foreach (var waiting in items)
            {
                writer.Write(waiting.DueMs);
                writer.Write(waiting.Transaction);
                waiting.Breach!.Save(writer);
            }
        }

        public static KeptQueries Load(BinaryReader reader)
        {
            var count = reader.ReadInt32();
            if (count is < 0 or > WaitingMax + 1)
                throw new InvalidDataException($"{count} waiting queries are over the bound of {WaitingMax}.");
            var items = new Waiting[count];
            for (var i = 0; i < count; i++)
                items[i] = new Waiting(reader.ReadInt64(), reader.ReadUInt64(), null, Breach.Load(reader));
            return new KeptQueries(items);
        }
    }
}
