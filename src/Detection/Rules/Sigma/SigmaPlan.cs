namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What is looked for in records of one origin: the rules whose log sources fit it, and no others. Immutable.</summary>
internal sealed class SigmaPlan
{
    private readonly FieldPlan?[] _fields;
    private readonly SigmaLookup? _words;
    private readonly int[] _without;

    /// <param name="program">The rules.</param>
    /// <param name="rules">Numbers of those to be looked for.</param>
    public SigmaPlan(SigmaProgram program, IReadOnlyList<int> rules)
    {
        var woken = new Dictionary<int, List<int>>();
        List<int> without = [];
        foreach (var rule in rules)
        {
            if (program.SignsOf(rule) is { } signs)
                Array.ForEach(signs, sign => Add(woken, sign, rule));
            else
                without.Add(rule);
        }
        RuleCount = rules.Count;
        _without = [.. without];
        _fields = new FieldPlan?[program.FieldCount];
        var atoms = rules.SelectMany(program.AtomsOf).Distinct().Order()
            .Select(atom => (Atom: atom, Rules: woken.GetValueOrDefault(atom)?.ToArray() ?? []));
        foreach (var ofField in atoms.GroupBy(one => program.Atoms[one.Atom].Field))
        {
            var plan = new FieldPlan(program, [.. ofField]);
            if (ofField.Key < 0)
                _words = plan.Lookup;
            else if (!plan.IsEmpty)
                _fields[ofField.Key] = plan;
        }
    }

    /// <summary>Rules in it.</summary>
    public int RuleCount { get; }

    /// <summary>Finds the atoms that a record passes or may pass, and notes the rules to be looked at.</summary>
    public void Find(SigmaRecord record, SigmaRun run)
    {
        run.Note(_without);
        foreach (var field in record.FieldsInUse)
        {
            if (field < _fields.Length && _fields[field] is { } plan)
                plan.Find(record, field, run);
        }
        _words?.Find(record.LowerTexts, run);
    }

    private static void Add(Dictionary<int, List<int>> woken, int sign, int rule)
    {
        if (!woken.TryGetValue(sign, out var rules))
            woken[sign] = rules = [];
        rules.Add(rule);
    }

    /// <summary>What is looked for in the values of one field.</summary>
    private sealed class FieldPlan
    {
        private readonly int[] _always, _foreign;

        public FieldPlan(SigmaProgram program, IReadOnlyList<(int Atom, int[] Rules)> atoms)
        {
            var unfound = atoms.Where(one => !program.Atoms[one.Atom].IsFound && one.Rules.Length > 0).ToList();
            _always = [.. unfound.Where(one => program.Atoms[one.Atom].IsPassedByAscii).SelectMany(one => one.Rules).Distinct()];
            _foreign =
                [.. unfound.Where(one => !program.Atoms[one.Atom].IsPassedByAscii).SelectMany(one => one.Rules).Distinct()];
            (int, SigmaAtom, int[])[] found =
            [
                .. atoms.Where(one => program.Atoms[one.Atom].IsFound)
                    .Select(one => (one.Atom, program.Atoms[one.Atom], one.Rules)),
            ];
            Lookup = found.Length > 0 ? new SigmaLookup(found) : null;
        }

        public SigmaLookup? Lookup { get; }

        public bool IsEmpty => Lookup is null && _always.Length + _foreign.Length == 0;

        public void Find(SigmaRecord record, int field, SigmaRun run)
        {
            run.Note(_always);
            if (_foreign.Length > 0 && !record.IsAsciiOf(field))
                run.Note(_foreign);
            if (Lookup is null)
                return;
            for (var link = record.FirstOf(field); link >= 0; link = record.NextOf(link))
            {
                var value = record.ValueOf(link);
                if (!record.IsNull(value))
                    Lookup.Find(record.LowerText(value), run);
            }
        }
    }
}
