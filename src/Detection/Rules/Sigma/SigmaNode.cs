namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A condition over atoms.</summary>
internal abstract class SigmaNode
{
    public abstract bool Holds(SigmaRun run);

    /// <summary>What it costs to ask, roughly: cheap parts are asked first.</summary>
    public abstract int Weight { get; }

    /// <summary>
    /// Atoms of which at least one passes whenever the condition holds, with what it costs to watch for them; null when it may hold without any.
    /// </summary>
    public abstract (IReadOnlyList<int> Atoms, int Cost)? Signs();
}

internal sealed class AtomNode(int atom, int cost, int weight) : SigmaNode
{
    public int Atom => atom;

    public override int Weight => weight;

    public override bool Holds(SigmaRun run) => run.Passes(atom);

    public override (IReadOnlyList<int> Atoms, int Cost)? Signs() => cost < 0 ? null : ([atom], cost);
}

internal sealed class NotNode(SigmaNode part) : SigmaNode
{
    public override int Weight => part.Weight;

    public override bool Holds(SigmaRun run) => !part.Holds(run);

    public override (IReadOnlyList<int> Atoms, int Cost)? Signs() => null;
}

/// <summary>At least so many of the parts: all of them is AND, one of them OR.</summary>
internal class SomeNode : SigmaNode
{
    private readonly int _least;
    private readonly SigmaNode[] _parts;

    protected SomeNode(int least, SigmaNode[] parts)
    {
        (_least, _parts) = (least, [.. parts.OrderBy(part => part.Weight)]);
        Weight = parts.Sum(part => part.Weight);
    }

    public override int Weight { get; }

    public static SomeNode Of(int least, SigmaNode[] parts) =>
        least == 1 && Array.TrueForAll(parts, part => part is AtomNode) ? new AnyAtomNode(parts) : new SomeNode(least, parts);

    public override bool Holds(SigmaRun run)
    {
        var missing = _parts.Length - _least;
        var held = 0;
        foreach (var part in _parts)
        {
            if (part.Holds(run))
            {
                if (++held == _least)
                    return true;
            }
            else if (--missing < 0)
                return false;
        }
        return false;
    }

    /// <summary>With n parts of which k must hold, n - k + 1 of them are enough to watch: the cheapest.</summary>
    public override (IReadOnlyList<int> Atoms, int Cost)? Signs()
    {
        var needed = _parts.Length - _least + 1;
        var known = _parts.Select(part => part.Signs()).Where(signs => signs is not null).Select(signs => signs!.Value)
            .OrderBy(signs => signs.Cost).Take(needed).ToList();
        return known.Count < needed
            ? null
            : ([.. known.SelectMany(signs => signs.Atoms).Distinct()], known.Sum(signs => signs.Cost));
    }
}

/// <summary>One of many atoms: lists of values are most of what rules are made of.</summary>
internal sealed class AnyAtomNode(SigmaNode[] parts) : SomeNode(1, parts)
{
    private readonly int[] _atoms = [.. parts.Cast<AtomNode>().OrderBy(part => part.Weight).Select(part => part.Atom)];

    public override bool Holds(SigmaRun run) => run.PassesAny(_atoms);
}
