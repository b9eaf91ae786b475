using System.Diagnostics.CodeAnalysis;

namespace SentinelHealth.Detection.Snapshots;

/// <summary>Takes tables from kept states.</summary>
internal static class KeptTable
{
    /// <summary>Takes what stands at this place of a kept state; false where bytes do, which are then to be read.</summary>
    /// <param name="reader">Of a snapshot or a kept state.</param>
    /// <param name="what">What is expected, as the beginning of a sentence.</param>
    /// <param name="kept">It, as it was kept.</param>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public static bool TryTake<T>(BinaryReader reader, string what, [NotNullWhen(true)] out T? kept)
        where T : class, IKeptTable
    {
        var table = reader.BaseStream is ITableGiver giver ? giver.Take() : null;
        kept = table as T;
        if (table is not null && kept is null)
            throw new InvalidDataException($"{what} expected in a kept state.");
        return kept is not null;
    }
}
