using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Letters without case, in UTF-8.</summary>
internal static class SigmaText
{
    /// <summary>Bytes that the lower case of a text may need: some letters of two bytes have lower cases of three.</summary>
    public static int LowerBytesMax(int bytes) => bytes + (bytes / 2) + 1;

    /// <summary>Writes a text in lower case (Unicode simple case mapping, invariant). Bytes that are no UTF-8 stay as they are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Receives it; <see cref="LowerBytesMax"/> bytes are enough.</param>
    /// <param name="isAscii">Whether every character is ASCII.</param>
    /// <returns>Bytes written.</returns>
    public static int Lower(ReadOnlySpan<byte> text, Span<byte> destination, out bool isAscii)
    {
        isAscii = Ascii.ToLower(text, destination, out var at) == System.Buffers.OperationStatus.Done;
        if (isAscii)
            return at;
        at = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                destination[at++] = text[0];
                text = text[1..];
                continue;
            }
            at += Rune.ToLowerInvariant(rune).EncodeToUtf8(destination[at..]);
            text = text[consumed..];
        }
        return at;
    }

    /// <summary>A text in lower case, as UTF-8.</summary>
    public static byte[] Lower(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var lower = new byte[LowerBytesMax(bytes.Length)];
        return lower[..Lower(bytes, lower, out _)];
    }
}
