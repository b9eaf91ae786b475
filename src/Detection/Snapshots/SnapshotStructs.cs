using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Snapshots;

/// <summary>Small reference-free structs in snapshots, as bytes.</summary>
internal static class SnapshotStructs
{
    public static void Write<T>(BinaryWriter writer, in T value)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public static void Read<T>(BinaryReader reader, ref T value)
        where T : unmanaged => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
