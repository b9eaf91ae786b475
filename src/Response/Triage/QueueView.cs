namespace SentinelHealth.Response.Triage;

/// <summary>A view of the queue that somebody keeps under a name: what its address says after the question mark.</summary>
/// <param name="Owner">Whose it is, see <see cref="OwnOf"/> and <see cref="SharedOf"/>.</param>
/// <param name="Name">What it is called; unique for its owner.</param>
/// <param name="Address">The address of the view without its path, such as <c>status=new&amp;severity=high</c>.</param>
/// <param name="By">Who kept it last.</param>
/// <param name="At">When.</param>
public sealed record QueueView(string Owner, string Name, string Address, string By, DateTimeOffset At)
{
    /// <summary>Most views one owner keeps.</summary>
    public const int ViewsMax = 100;

    /// <summary>Longest address, in characters.</summary>
    public const int AddressCharactersMax = 4_000;

    private const int NameCharactersMax = 80;
    private const string Person = "person:", Everybody = "shared:";

    /// <summary>Whether it is what the person who asked sees first.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether it is not one person's alone.</summary>
    public bool IsShared => Owner.StartsWith(Everybody, StringComparison.Ordinal);

    /// <summary>The organizations whose people share it; empty for everybody's and for one's own.</summary>
    public IReadOnlyList<string> Organizations =>
        IsShared && Owner.Length > Everybody.Length ? Owner[Everybody.Length..].Split(',') : [];

    /// <summary>The owner of one person's views.</summary>
    public static string OwnOf(string person) => Person + person;

    /// <summary>The owner of views that are shared: by everybody, or by the people of organizations.</summary>
    public static string SharedOf(IReadOnlyList<string> organizations) =>
        Everybody + string.Join(',', organizations.Order(StringComparer.Ordinal));

    /// <summary>One sentence about what is wrong with a name; null when nothing is.</summary>
    public static string? Fault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Trim().Length is 0 or > NameCharactersMax || name.Any(char.IsControl)
            ? $"A name has 1 to {NameCharactersMax} characters." : null;
    }
}
