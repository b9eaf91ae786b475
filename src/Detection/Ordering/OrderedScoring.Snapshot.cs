using System.Text;
using System.Text.Json;

namespace SentinelHealth.Detection.Ordering;

/// <content>Surviving a restart: the oldest state kept, and which entries after it are not in it yet.</content>
public sealed partial class OrderedScoring
{
    private const uint Magic = 0x53_48_4F_34; // "SHO4"

    /// <summary>The format before: events of one time stood in the order of their identifiers, wherever their ledgers had them.</summary>
    private const uint PlacelessMagic = 0x53_48_4F_33;

    /// <summary>The one before that: the engine's state had at most two gigabytes.</summary>
    private const uint ShortMagic = 0x53_48_4F_32;

    /// <summary>The first: it did not say what stood when it was saved either.</summary>
    private const uint EarlierMagic = 0x53_48_4F_31;

    private readonly Dictionary<(int Partition, long Offset), (EventRank Rank, EventTiming Timing)> _awaited = [];
    private readonly Dictionary<int, long> _restoredTo = [];

    /// <summary>
    /// The offset of each partition after which reading must begin to continue from a saved state: every event up to it is in the
    /// state. The log may let go of these entries once the state is durable.
    /// </summary>
    public IReadOnlyDictionary<int, long> ResumeOffsets
    {
        get
        {
            var resume = new Dictionary<int, long>(_readOffsets);
            foreach (var held in _held.Where(held => resume.ContainsKey(held.Rank.Partition)))
                resume[held.Rank.Partition] = Math.Min(resume[held.Rank.Partition], held.Rank.Offset - 1);
            return resume;
        }
    }

    /// <summary>Saves what <see cref="Restore"/> continues from. Call after <see cref="Settle"/>.</summary>
    public void Save(Stream destination)
    {
        using var writer = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(_readOffsets.Count);
        foreach (var (partition, offset) in _readOffsets.OrderBy(pair => pair.Key))
        {
            writer.Write(partition);
            writer.Write(offset);
            writer.Write(_watermarks.TryGetValue(partition, out var watermark) ? watermark.NewestMs : long.MinValue);
        }
        Write(writer, _checkpoints[0].Boundary);
        writer.Write(_held.Count);
        foreach (var held in _held)
        {
            Write(writer, held.Rank);
            writer.Write((byte)held.Timing);
        }
        writer.Write(_checkpoints[0].State.Length);
        writer.Flush();
        _checkpoints[0].State.WriteTo(destination);
        _standing.Write(writer);
    }

    /// <summary>Takes a saved state up. What was read after it is then given to <see cref="TakeAgain"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no saved state, or the engine cannot take its part.</exception>
    public void Restore(Stream source)
    {
        using var reader = new BinaryReader(source, Encoding.UTF8, leaveOpen: true);
        try
        {
            var magic = reader.ReadUInt32();
            if (magic is not (Magic or PlacelessMagic or ShortMagic or EarlierMagic))
                throw new InvalidDataException("This is not a saved order of events.");
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var partition = reader.ReadInt32();
                _restoredTo[partition] = _readOffsets[partition] = reader.ReadInt64();
                if (reader.ReadInt64() is > long.MinValue and var newestMs)
                    WatermarkOf(partition).Restore(newestMs);
            }
            var boundary = ReadRank(reader, magic);
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var rank = ReadRank(reader, magic);
                _awaited[(rank.Partition, rank.Offset)] = (rank, (EventTiming)reader.ReadByte());
            }
            var state = SavedState.Read(source, magic is Magic or PlacelessMagic ? reader.ReadInt64() : reader.ReadInt32());
            using var stream = state.OpenRead();
            Engine = _factory(stream);
            _checkpoints.Clear();
            // Kept from the engine, not as the bytes that were read: corrections go back to tables that are shared.
            _checkpoints.Add(new Checkpoint(boundary, SavedState.Of(Engine.Save), 0));
            if (magic != EarlierMagic)
                _standing.Read(reader);
            else
                _standing.Forget();
        }
        catch (Exception fault) when (fault is EndOfStreamException or ArgumentException or JsonException)
        {
            throw new InvalidDataException("The saved order of events is cut short.", fault);
        }
    }

    /// <summary>
    /// Takes an entry again that was read before the restart: one that is in the state is left out, one that was held gets the
    /// place it had, and one that came after the state was saved is taken in like any other.
    /// </summary>
    /// <returns>Whether it is to be scored.</returns>
    public bool TakeAgain(
        (int Partition, long Offset) place, DateTimeOffset receivedAt, Ingest.Events.SentinelEvent decoded,
        bool isWitnessed = false)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        if (!_restoredTo.TryGetValue(place.Partition, out var upTo) || place.Offset > upTo)
        {
            Add(place, receivedAt, decoded, isWitnessed);
            return true;
        }
        if (!_awaited.Remove(place, out var known))
            return false;
        _arrived.Add(new HeldEvent(known.Rank, decoded.Raw, known.Timing) { IsWitnessed = isWitnessed });
        return true;
    }

    /// <summary>Everything that was to be taken again has been: what is missing has left the log, and is waited for no longer.</summary>
    public void EndRestore() => _awaited.Clear();

    private static void Write(BinaryWriter writer, EventRank rank)
    {
        writer.Write(rank.AtMs);
        writer.Write(rank.Ledger.Block);
        writer.Write(rank.Ledger.LogIndex);
        writer.Write(rank.IdKey);
        writer.Write(rank.Partition);
        writer.Write(rank.Offset);
    }

    private static EventRank ReadRank(BinaryReader reader, uint magic)
    {
        var atMs = reader.ReadInt64();
        var ledger = magic == Magic ? new LedgerPlace(reader.ReadInt64(), reader.ReadInt64()) : default;
        return new(atMs, ledger, reader.ReadUInt64(), reader.ReadInt32(), reader.ReadInt64());
    }
}
