using System.Globalization;
using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>
/// The one place identifiers come from, for ordinary life and attacks alike, so that none gives an attack away.
/// </summary>
internal sealed class Identifiers(SeededRandom random)
{
    private readonly Dictionary<string, long> _last = [];
    private readonly HashSet<string> _patients = [];

    /// <summary>The next of a counted kind: <c>c-81</c>, <c>g-5</c>, <c>vc-12</c>.</summary>
    public string Next(string kind)
    {
        ref var last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_last, kind, out _);
        return string.Create(CultureInfo.InvariantCulture, $"{kind}-{++last}");
    }

    public string Did() => random.Hex("did:ethr:0x", 40);

    public string Transaction() => random.Hex("0x", 64);

    public string Hash() => random.Hex("0x", 64);

    public string Fingerprint() => random.Hex("", 32);

    public string Address() => random.Hex("0x", 40);

    /// <summary>A patient pseudonym not given before.</summary>
    public string Patient()
    {
        // Six digits hold sixteen million; populations stay far below, so a free one is found at once.
        string id;
        do
        {
            id = random.Hex("patient:", 6);
        }
        while (!_patients.Add(id));
        return id;
    }
}
