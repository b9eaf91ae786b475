namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What correlations remember, written down and read back.</summary>
public sealed partial class SigmaEngine
{
    private const int SnapshotVersion = 1;

    /// <summary>Writes what correlations remember. O(keys and events remembered).</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(SnapshotVersion);
        writer.Write(_context.Clock);
        writer.Write(_correlators.Length);
        foreach (var correlator in _correlators)
        {
            writer.Write(correlator.Correlation.Digest);
            using var state = new MemoryStream();
            using var stateWriter = new BinaryWriter(state);
            correlator.Save(stateWriter);
            writer.Write(checked((int)state.Length));
            writer.Write(state.GetBuffer().AsSpan(0, (int)state.Length));
        }
    }

    /// <summary>
    /// Reads what <see cref="Save"/> wrote. A correlation that has changed since, or whose rules or filters have, starts empty; so does one that is new.
    /// </summary>
    /// <exception cref="InvalidDataException">It was written by another version.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.ReadInt32() is var version and not SnapshotVersion)
            throw new InvalidDataException($"Sigma state of version {version} cannot be read.");
        _context.Clock = reader.ReadInt64();
        _context.SettledUntil = _context.Watermark;
        var byDigest = new Dictionary<ulong, Correlations.Correlator>();
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
}
