using SentinelHealth.Detection.Rules.Sigma.Correlations;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What correlations remember, written down and read back.</summary>
public sealed partial class SigmaEngine
{
    /// <summary>How many bytes <see cref="Save"/> writes. O(correlations).</summary>
    internal long SavedBytes => State.SavedBytes;

    private CorrelationsState State => new(_context, Memories);

    private IReadOnlyList<(ulong Digest, CorrelationMemory Memory)> Memories =>
        [.. _correlators.Select(correlator => (correlator.Correlation.Digest, correlator.Memory))];

    /// <summary>Writes what correlations remember. O(keys and events remembered).</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        State.Save(writer);
    }

    /// <summary>What correlations remember, as it is now, without writing it. O(pages of memory), and what is written to later.</summary>
    internal CorrelationsState Keep() => State.Keep();

    /// <summary>
    /// Reads what <see cref="Save"/> wrote. A correlation that has changed since, or whose rules or filters have, starts empty; so does one that is new.
    /// </summary>
    /// <exception cref="InvalidDataException">It was written by another version.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.ReadInt32() is var version and not CorrelationsState.Version)
            throw new InvalidDataException($"Sigma state of version {version} cannot be read.");
        _context.Clock = reader.ReadInt64();
        _context.SettledUntil = _context.Watermark;
        var byDigest = new Dictionary<ulong, Correlator>();
        foreach (var correlator in _correlators)
        {
            correlator.Clear();
            byDigest.TryAdd(correlator.Correlation.Digest, correlator);
        }
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var digest = reader.ReadUInt64();
            var state = reader.ReadBytes(reader.ReadInt32());
            if (!byDigest.TryGetValue(digest, out var correlator))
                continue;
            using var stateReader = new BinaryReader(new MemoryStream(state));
            correlator.Load(stateReader);
        }
    }

    /// <summary>Goes back to what was kept, by an engine with these rules or with others.</summary>
    internal void TakeOver(CorrelationsState kept)
    {
        if (kept.TryGive(_context, Memories))
        {
            foreach (var correlator in _correlators)
                correlator.TakenOver();
            return;
        }
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        kept.Save(writer);
        state.Position = 0;
        using var reader = new BinaryReader(state);
        Load(reader);
    }
}
