using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What is known while one record is matched: which atoms pass, and which rules are to be looked at.</summary>
/// <remarks>Reused; a counter of records stands in for clearing. One owner thread.</remarks>
internal sealed class SigmaRun(SigmaAtom[] atoms, int ruleCount)
{
    private const int KindBits = 2, TurnMax = int.MaxValue >> KindBits;

    /// <summary>What is known of an atom, below the turn in which it was found out.</summary>
    private const int MayPass = 1, Fails = 2, DoesPass = 3;

    private readonly int[] _known = new int[atoms.Length];
    private readonly int[] _noted = new int[ruleCount];
    private readonly List<int> _rules = [];
    private SigmaRecord? _record;
    private int _turn;

    /// <summary>Rules that are to be looked at, each once.</summary>
    public ReadOnlySpan<int> Rules => CollectionsMarshal.AsSpan(_rules);

    public void Begin(SigmaRecord record)
    {
        _record = record;
        _rules.Clear();
        if (++_turn < TurnMax)
            return;
        Array.Clear(_known);
        Array.Clear(_noted);
        _turn = 1;
    }

    /// <summary>Takes a literal that was found, and notes the rules that its atom is a sign of if it passes.</summary>
    public void Find(SigmaEntry entry)
    {
        var (turn, known) = (_turn << KindBits, _known[entry.Atom]);
        if (entry.IsExact)
        {
            if (known == (turn | DoesPass))
                return;
            _known[entry.Atom] = turn | DoesPass;
            Note(entry.Rules);
        }
        else if (known < turn)
        {
            _known[entry.Atom] = turn | MayPass;
            if (entry.Rules.Length > 0 && Passes(entry.Atom))
                Note(entry.Rules);
        }
    }

    /// <summary>Notes rules to be looked at.</summary>
    public void Note(int[] rules)
    {
        foreach (var rule in rules)
        {
            if (_noted[rule] == _turn)
                continue;
            _noted[rule] = _turn;
            _rules.Add(rule);
        }
    }

    /// <summary>Whether the record passes one of several atoms.</summary>
    public bool PassesAny(int[] some)
    {
        foreach (var atom in some)
        {
            if (Passes(atom))
                return true;
        }
        return false;
    }

    /// <summary>Whether the record passes an atom; asked once a record. What would have been found by its literal and was not, does not pass.</summary>
    public bool Passes(int atom)
    {
        var (turn, known) = (_turn << KindBits, _known[atom]);
        if (known > (turn | MayPass))
            return known == (turn | DoesPass);
        if (known < turn && atoms[atom].IsFound)
            return false;
        var passes = atoms[atom].IsMatch(_record!);
        _known[atom] = turn | (passes ? DoesPass : Fails);
        return passes;
    }
}
