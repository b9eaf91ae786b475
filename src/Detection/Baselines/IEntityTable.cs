using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SentinelHealth.Detection.Baselines;

/// <summary>State by entity that can be told ahead whom it will be asked about.</summary>
/// <remarks>
/// With many entities nearly every lookup waits for memory, one after the other. Asked for together, they come together. Nothing
/// changes by it but time.
/// </remarks>
internal interface IEntityTable
{
    /// <summary>Entities held.</summary>
    int Count { get; }

    /// <summary>Asks memory for the way to an entity.</summary>
    void FetchHead(ulong key);

    /// <summary>Asks memory for an entity; the way to it should have come by then.</summary>
    void FetchState(ulong key);
}

/// <summary>Hints to the processor.</summary>
internal static class Foresight
{
    /// <summary>Bytes that come at once.</summary>
    public const int LineBytes = 64;

    /// <summary>Asks for the line of memory that a place is in. Does nothing where the processor has no such hint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref readonly T place)
    {
        // Should the collector move what is there meanwhile, a line comes that nobody needs.
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }
}
