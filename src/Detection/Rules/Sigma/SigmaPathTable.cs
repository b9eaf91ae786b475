using System.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A field that a path leads to, and how good a place for it that is: smaller counts more.</summary>
internal readonly record struct SigmaPathTarget(int Field, int Rank);

/// <summary>What the paths of records lead to, worked out once for each path.</summary>
/// <remarks>
/// Paths are steps of a tree. Records of a kind have their members in the same order, so each step remembers which one came after it: a look at the name is then all it
/// takes. One owner thread.
/// </remarks>
internal sealed class SigmaPathTable
{
    /// <summary>A step that is not kept.</summary>
    public const int Unknown = -1;

    /// <summary>The step of the record itself.</summary>
    public const int Root = 0;

    /// <summary>Steps kept, and the longest name of one. Records with ever new ones are read all the same, only more slowly.</summary>
    private const int StepsMax = 100_000, NameBytesMax = 256;

    private readonly Dictionary<string, int> _fields;
    private readonly SigmaFieldMap _map;
    private readonly Dictionary<(int Parent, ulong Name), int> _known = [];
    private readonly List<SigmaPathTarget[]> _numbered = [];
    private Step[] _steps = new Step[64];
    private int _count;

    public SigmaPathTable(Dictionary<string, int> fields, SigmaFieldMap map)
    {
        (_fields, _map) = (fields, map);
        Append(new Step(Unknown, [], 0, []));
    }

    public SigmaPathTarget[] this[int number] => _numbered[number];

    /// <summary>Gives a path a number.</summary>
    public int Add(string path)
    {
        _numbered.Add(TargetsOf(path));
        return _numbered.Count - 1;
    }

    /// <summary>The fields that a known step leads to.</summary>
    public SigmaPathTarget[] TargetsOf(int step) => _steps[step].Targets;

    /// <summary>The fields a path leads to. It allocates, and is for paths that are not kept.</summary>
    public SigmaPathTarget[] TargetsOf(ReadOnlySpan<byte> path) => TargetsOf(Encoding.UTF8.GetString(path));

    /// <summary>The known step that a name leads to; <see cref="Unknown"/> when there is none. No allocation.</summary>
    /// <param name="parent">A known step.</param>
    /// <param name="before">The step of the member before it, to guess by; <see cref="Unknown"/> for the first.</param>
    /// <param name="name">The member's name, UTF-8.</param>
    public int Find(int parent, int before, ReadOnlySpan<byte> name)
    {
        ref var guess = ref before == Unknown ? ref _steps[parent].First : ref _steps[before].Next;
        if (guess != Root && name.SequenceEqual(_steps[guess].Name))
            return guess;
        if (!_known.TryGetValue((parent, StableHash.Of(name)), out var found) || !name.SequenceEqual(_steps[found].Name))
            return Unknown;
        return guess = found;
    }

    /// <summary>Keeps a step; <see cref="Unknown"/> when there are too many, or its name is too long.</summary>
    /// <param name="parent">A known step.</param>
    /// <param name="name">The member's name: UTF-8 that was found in order.</param>
    public int Keep(int parent, ReadOnlySpan<byte> name)
    {
        var key = (parent, StableHash.Of(name));
        if (_count >= StepsMax || name.Length > NameBytesMax || _known.ContainsKey(key))
            return Unknown;
        var path = new byte[LengthBelow(parent) + name.Length];
        name.CopyTo(path.AsSpan(WriteBelow(parent, path)));
        _known[key] = _count;
        Append(new Step(parent, name.ToArray(), path.Length, TargetsOf(path)));
        return _count - 1;
    }

    /// <summary>Bytes of the path of a known step, with the dot behind it.</summary>
    public int LengthBelow(int step) => step == Root ? 0 : _steps[step].PathLength + 1;

    /// <summary>Writes the path of a known step and the dot behind it; the bytes written.</summary>
    public int WriteBelow(int step, Span<byte> path)
    {
        var end = LengthBelow(step);
        for (; step != Root; step = _steps[step].Parent)
        {
            var length = _steps[step].PathLength;
            path[length] = (byte)'.';
            _steps[step].Name.CopyTo(path[(length - _steps[step].Name.Length)..]);
        }
        return end;
    }

    private SigmaPathTarget[] TargetsOf(string path) =>
    [
        .. _map.NamesOf(path).Distinct(StringComparer.Ordinal).Where(_fields.ContainsKey)
            .Select(name => new SigmaPathTarget(_fields[name], _map.RankOf(path, name))),
    ];

    private void Append(Step step)
    {
        if (_count == _steps.Length)
            Array.Resize(ref _steps, _steps.Length * 2);
        _steps[_count++] = step;
    }

    private struct Step(int parent, byte[] name, int pathLength, SigmaPathTarget[] targets)
    {
        public readonly int Parent = parent, PathLength = pathLength;

        public readonly byte[] Name = name;

        public readonly SigmaPathTarget[] Targets = targets;

        /// <summary>The member that came first in it, and the one that came next after it; the root where that is not known yet.</summary>
        public int First, Next;
    }
}
