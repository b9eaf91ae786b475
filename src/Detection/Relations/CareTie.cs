namespace SentinelHealth.Detection.Relations;

/// <summary>How near the peers who deal with a patient are to the actor, by the patients they usually share.</summary>
internal enum Closeness : byte
{
    /// <summary>No peer deals with the patient now.</summary>
    Nobody,

    /// <summary>Peers with whom the actor shares next to nothing.</summary>
    Strangers,

    /// <summary>Peers with whom the actor shares few patients.</summary>
    Distant,

    /// <summary>Peers with whom the actor shares some patients.</summary>
    Near,

    /// <summary>The actor's own team.</summary>
    Team,
}

/// <summary>What explains that an actor deals with a patient.</summary>
/// <param name="IsPersonal">The actor cared for the patient earlier, or holds a permission in person.</param>
/// <param name="IsEncounter">The patient was lately present at, or admitted by, the actor's organization.</param>
/// <param name="Peers">Who else of the actor's peers deals with the patient now.</param>
/// <param name="IsMet">The actor has dealt with the patient before, be it a moment ago.</param>
internal readonly record struct CareTie(bool IsPersonal, bool IsEncounter, Closeness Peers, bool IsMet)
{
    /// <summary>Whether neither the actor's own past nor the actor's team leads to the patient.</summary>
    public bool IsUnexplained => !IsPersonal && Peers < Closeness.Near;

    /// <summary>The tie as one number below 32.</summary>
    public int Code => (IsPersonal ? 1 : 0) | (IsEncounter ? 2 : 0) | ((int)Peers << 2);

    /// <summary>In words: "a tie by own care, a recent encounter and the own team".</summary>
    public override string ToString()
    {
        List<string> words = [];
        if (IsPersonal)
            words.Add("own care");
        if (IsEncounter)
            words.Add("a recent encounter");
        if (Peers != Closeness.Nobody)
            words.Add(Peers switch
            {
                Closeness.Strangers => "a strange team",
                Closeness.Distant => "a distant team",
                Closeness.Near => "a neighboring team",
                _ => "the own team",
            });
        return words.Count switch
        {
            0 => "no known tie",
            1 => "a tie by " + words[0],
            _ => $"a tie by {string.Join(", ", words[..^1])} and {words[^1]}",
        };
    }
}
