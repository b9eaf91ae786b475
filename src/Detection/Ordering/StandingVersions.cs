namespace SentinelHealth.Detection.Ordering;

/// <summary>The newest settled version of each alert and incident, as many as fit; beyond that the longest untold are forgotten.</summary>
/// <remarks>O(1) a version and never more than <paramref name="versionsMax"/> held, however many settle at once.</remarks>
internal sealed class StandingVersions(int versionsMax)
{
    private readonly Dictionary<string, LinkedListNode<Telling>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Telling> _oldestFirst = [];

    /// <summary>The versions, those told longest ago first.</summary>
    public IEnumerable<Telling> OldestFirst => _oldestFirst;

    /// <summary>Keeps a version in place of an older one of the same alert or incident.</summary>
    public void Put(in Telling telling)
    {
        if (_byId.Remove(IdOf(telling), out var older))
            _oldestFirst.Remove(older);
        _byId.Add(IdOf(telling), _oldestFirst.AddLast(telling));
        if (_byId.Count <= versionsMax)
            return;
        _byId.Remove(IdOf(_oldestFirst.First!.Value));
        _oldestFirst.RemoveFirst();
    }

    private static string IdOf(in Telling telling) => telling.Alert?.Id ?? telling.Incident!.Id;
}
