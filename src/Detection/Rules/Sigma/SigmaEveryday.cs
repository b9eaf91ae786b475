using System.Buffers.Binary;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Texts that so many records hold that finding them tells nothing; lower case.</summary>
internal static class SigmaEveryday
{
    /// <summary>Counts like so many other atoms with the same bytes.</summary>
    private const int Price = 1_000;

    private static readonly byte[][] Texts =
    [
        @"c:\windows\system32\ c:\program files (x86)\common files\ c:\users\appdata\local\ roaming\ .exe .dll"u8.ToArray(),
        @"microsoft corporation microsoft® windows® operating system hklm\software\microsoft\windows nt\currentversion\"u8.ToArray(),
        @"\registry\machine\system\currentcontrolset\services\ nt authority\system sha256= imphash= https://"u8.ToArray(),
        @"\powershell.exe \cmd.exe \svchost.exe \explorer.exe \services.exe \rundll32.exe programdata"u8.ToArray(),
    ];

    private static readonly HashSet<uint> Grams = [.. Texts.SelectMany(GramsOf)];

    /// <summary>What it costs to look for four bytes, beyond what others look for.</summary>
    public static int PriceOf(uint gram) => Grams.Contains(gram) ? Price : 0;

    /// <summary>Whether a literal is part of one of these texts.</summary>
    public static bool Holds(byte[] literal) => Array.Exists(Texts, text => text.AsSpan().IndexOf(literal) >= 0);

    private static IEnumerable<uint> GramsOf(byte[] text) => Enumerable.Range(0, text.Length - SigmaGrams.GramBytes + 1)
        .Select(at => BinaryPrimitives.ReadUInt32LittleEndian(text.AsSpan(at)));
}
