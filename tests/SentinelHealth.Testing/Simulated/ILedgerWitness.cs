namespace SentinelHealth.Testing.Simulated;

/// <summary>Whoever is told what happens on the simulated ledger, at the moment it does.</summary>
internal interface ILedgerWitness
{
    /// <summary>The program asked what became of a key.</summary>
    void Asked(string key);

    /// <summary>A containment took effect.</summary>
    void TookEffect(SimulatedEffect effect, IReadOnlyList<SimulatedEffect> all, IReadOnlyList<string> validators);

    /// <summary>A containment was ended for people.</summary>
    void Restored(SimulatedEffect effect, string by, DateTimeOffset at);

    /// <summary>A containment was kept longer for people.</summary>
    void Renewed(SimulatedEffect effect, string by, DateTimeOffset until, DateTimeOffset at);
}
