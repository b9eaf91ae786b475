using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Addresses of a network, as texts.</summary>
internal static class SigmaAddress
{
    private const int BitsOfVersion4 = 32;

    /// <summary>Whether a text is an address of the network. No allocation for version 4 and for what is no address.</summary>
    public static bool IsWithin(in IPNetwork network, ReadOnlySpan<byte> text)
    {
        if (network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
            return text.Contains((byte)':') && IPAddress.TryParse(text, out var address) && network.Contains(address);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        network.BaseAddress.TryWriteBytes(bytes, out _);
        var apart = BitsOfVersion4 - network.PrefixLength;
        return TryVersion4(text, out var number)
            && (apart == BitsOfVersion4 || (number ^ BinaryPrimitives.ReadUInt32BigEndian(bytes)) >> apart == 0);
    }

    /// <summary>Four numbers up to 255 with dots between them, and nothing else.</summary>
    private static bool TryVersion4(ReadOnlySpan<byte> text, out uint number)
    {
        number = 0;
        for (var part = 0; part < sizeof(uint); part++)
        {
            var end = part < sizeof(uint) - 1 ? text.IndexOf((byte)'.') : text.Length;
            if (end is < 1 or > 3 || !TryPart(text[..end], out var value))
                return false;
            number = (number << 8) | value;
            text = text[Math.Min(end + 1, text.Length)..];
        }
        return text.IsEmpty;
    }

    private static bool TryPart(ReadOnlySpan<byte> digits, out uint value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + digit - '0';
        }
        return value <= byte.MaxValue;
    }
}
