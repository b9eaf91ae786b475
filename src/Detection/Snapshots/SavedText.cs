using System.Numerics;
using System.Text;

namespace SentinelHealth.Detection.Snapshots;

/// <summary>How long texts are in a snapshot, so that a kept state knows its length without being written.</summary>
internal static class SavedText
{
    /// <summary>Bytes that <see cref="BinaryWriter.Write(string)"/> writes: UTF-8, after its length.</summary>
    public static int BytesOf(string text) => Counted(Encoding.UTF8.GetByteCount(text));

    /// <summary>So many bytes and the length before them, seven bits a byte.</summary>
    public static int Counted(int bytes) => 1 + (BitOperations.Log2((uint)bytes | 1) / 7) + bytes;
}
