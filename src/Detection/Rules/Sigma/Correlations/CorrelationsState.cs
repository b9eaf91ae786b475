using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What all correlations of an engine remember: as it is, or as it was when it was kept.</summary>
/// <param name="context">What they share.</param>
/// <param name="correlations">What each remembers, by the digest of what it says.</param>
internal sealed class CorrelationsState(
    CorrelationContext context, IReadOnlyList<(ulong Digest, CorrelationMemory Memory)> correlations) : IKeptTable
{
    public const int Version = 1;

    private const int HeaderBytes = (2 * sizeof(int)) + sizeof(long);
    private const int CorrelationBytes = sizeof(ulong) + sizeof(int);

    /// <inheritdoc/>
    public long SavedBytes => HeaderBytes + correlations.Sum(each => CorrelationBytes + each.Memory.SavedBytes);

    /// <summary>A copy as of now, which shares all that neither changes from here on. O(pages).</summary>
    public CorrelationsState Keep()
    {
        var kept = new CorrelationContext(context.Options);
        kept.TakeOver(context);
        return new CorrelationsState(kept, [.. correlations.Select(each => (each.Digest, Copy(each.Memory, kept)))]);
    }

    /// <summary>Makes correlations what they were when this was kept.</summary>
    /// <returns>Whether they are the same ones, in the same order; nothing is done when they are not.</returns>
    public bool TryGive(CorrelationContext to, IReadOnlyList<(ulong Digest, CorrelationMemory Memory)> others)
    {
        if (!others.Select(each => each.Digest).SequenceEqual(correlations.Select(each => each.Digest)))
            return false;
        to.TakeOver(context);
        foreach (var (other, own) in others.Zip(correlations))
            other.Memory.TakeOver(own.Memory);
        return true;
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Version);
        writer.Write(context.Clock);
        writer.Write(correlations.Count);
        foreach (var (digest, memory) in correlations)
        {
            writer.Write(digest);
            writer.Write(checked((int)memory.SavedBytes));
            memory.Save(writer);
        }
    }

    private static CorrelationMemory Copy(CorrelationMemory memory, CorrelationContext to)
    {
        var copy = new CorrelationMemory(to.Arena, isOrderedByValue: false);
        copy.TakeOver(memory);
        return copy;
    }
}
