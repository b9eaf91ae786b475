using System.Buffers.Binary;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Atoms by four bytes of a literal that they need.</summary>
/// <remarks>
/// The four bytes at every position of a text are looked up; a bitmap of 64 KiB turns nearly all positions away, in the spirit of Wu and Manber (1994). Of a literal
/// the four bytes are taken that fewest other atoms use and that everyday texts do not hold.
/// </remarks>
internal sealed class SigmaGrams
{
    public const int GramBytes = 4;

    private const int FilterBits = 1 << 19;

    /// <summary>Counts like so many other atoms with the same bytes.</summary>
    private const int EverydayPrice = 1_000;

    /// <summary>What so many records hold that it tells nothing; lower case.</summary>
    private static readonly HashSet<uint> Everyday =
    [
        .. GramsOf(@"c:\windows\system32\ c:\program files (x86)\common files\ c:\users\appdata\local\ roaming\ .exe .dll"u8.ToArray()),
        .. GramsOf(@"microsoft corporation windows operating system hklm\software\microsoft\windows nt\currentversion\"u8.ToArray()),
        .. GramsOf(@"\registry\machine\system\currentcontrolset\services\ nt authority\system sha256= imphash= https://"u8.ToArray()),
        .. GramsOf("powershell.exe cmd.exe programdata"u8.ToArray()),
    ];

    private readonly Dictionary<uint, List<(int Field, int Atom)>> _atoms = [];
    private readonly ulong[] _filter = new ulong[FilterBits / 64];

    /// <summary>Adds an atom.</summary>
    /// <param name="literal">In lower case, at least <see cref="GramBytes"/>.</param>
    /// <param name="field">The field whose values it is about; negative for any value.</param>
    /// <param name="atom">Its number.</param>
    public void Add(byte[] literal, int field, int atom)
    {
        var gram = GramsOf(literal).MinBy(PriceOf);
        if (!_atoms.TryGetValue(gram, out var list))
            _atoms[gram] = list = [];
        list.Add((field, atom));
        var bit = BitOf(gram);
        _filter[bit >> 6] |= 1UL << (bit & 63);
    }

    /// <summary>Finds every atom whose four bytes are in a text of one of its fields.</summary>
    public void Candidates(ReadOnlySpan<byte> text, ReadOnlySpan<SigmaPathTarget> fields, SigmaRun run)
    {
        if (_atoms.Count == 0)
            return;
        var filter = _filter;
        for (var at = 0; at + GramBytes <= text.Length; at++)
        {
            var gram = BinaryPrimitives.ReadUInt32LittleEndian(text[at..]);
            var bit = BitOf(gram);
            if ((filter[bit >> 6] & (1UL << (bit & 63))) != 0 && _atoms.TryGetValue(gram, out var atoms))
                Find(atoms, fields, run);
        }
    }

    private static void Find(List<(int Field, int Atom)> atoms, ReadOnlySpan<SigmaPathTarget> fields, SigmaRun run)
    {
        foreach (var (field, atom) in atoms)
        {
            if (field < 0 || Contains(fields, field))
                run.Find(atom);
        }
    }

    private static bool Contains(ReadOnlySpan<SigmaPathTarget> fields, int field)
    {
        foreach (var target in fields)
        {
            if (target.Field == field)
                return true;
        }
        return false;
    }

    private int PriceOf(uint gram) =>
        (_atoms.TryGetValue(gram, out var atoms) ? atoms.Count : 0) + (Everyday.Contains(gram) ? EverydayPrice : 0);

    private static int BitOf(uint gram) => (int)((gram * 2_654_435_761u) >> 13);

    private static IEnumerable<uint> GramsOf(byte[] text) => Enumerable.Range(0, text.Length - GramBytes + 1)
        .Select(at => BinaryPrimitives.ReadUInt32LittleEndian(text.AsSpan(at)));
}
