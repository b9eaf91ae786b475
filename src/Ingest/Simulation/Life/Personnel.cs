using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>How people change: they join, leave, fall ill, travel, cover for each other and get new devices.</summary>
internal sealed class Personnel(Scene scene, StaffBuilder hiring)
{
    /// <summary>After this time a new device or colleague is not new any more.</summary>
    private static readonly TimeSpan NoveltyLasts = TimeSpan.FromDays(3);

    private readonly Pen _pen = new(scene, null, scene.Random);
    private int _oddityCount;

    public IEnumerable<DateTimeOffset> Change(DateTimeOffset at)
    {
        // About one change a day for every sixty people.
        var mean = TimeSpan.FromHours(24.0 * 60 / scene.Network.Staff.Count);
        for (; ; )
        {
            yield return at += scene.Random.Wait(mean) + TimeSpan.FromMinutes(2);
            var staff = scene.Random.Pick(scene.Network.Staff);
            if (!staff.IsEmployed || staff.Role is StaffRole.Agent or StaffRole.Administrator)
                continue;
            if (scene.Random.Chance(0.06))
                scene.Play(Replace(staff, at), at);
            else
                Adapt(staff, at);
            staff.Pace = Math.Clamp(staff.Pace * scene.Random.Between(0.93, 1.07), 0.45, 2.2);
        }
    }

    private void Adapt(Staff staff, DateTimeOffset at)
    {
        switch (scene.Random.Unit())
        {
            case < 0.3:
                staff.AwayUntil = at.AddDays(scene.Random.Whole(1, 14));
                break;
            case < 0.5:
                staff.Devices[0] = hiring.NewDevice();
                staff.Oddity = (Next("newDevice"), at + NoveltyLasts);
                break;
            case < 0.62 when staff.Ward is not null:
                staff.Cover = (scene.Random.Pick(staff.Home.Wards), at.AddDays(scene.Random.Whole(3, 8)));
                staff.Oddity = (Next("cover"), staff.Cover.Value.Until);
                break;
            case < 0.72 when staff.Role is StaffRole.Researcher or StaffRole.Clinician && !staff.IsTravelling:
                scene.Play(Travel(staff, at), at);
                break;
            case < 0.86:
                _pen.RotateKey(Presence.Now(scene, staff, scene.Random, at), staff);
                break;
            default:
                staff.Offset = scene.Random.Minutes(-30, 30);
                break;
        }
    }

    /// <summary>A conference abroad: another country and address for some days, the own tablet.</summary>
    private IEnumerable<DateTimeOffset> Travel(Staff staff, DateTimeOffset at)
    {
        var (country, ip) = (staff.Country, staff.Ip);
        staff.IsTravelling = true;
        staff.Country = scene.Random.Pick(Foreign.Countries);
        staff.Ip = Presence.OutsideIp(scene.Random);
        var back = at.AddDays(scene.Random.Whole(2, 6));
        staff.Oddity = (Next("travel"), back);
        yield return back;
        (staff.Country, staff.Ip, staff.IsTravelling) = (country, ip, false);
    }

    /// <summary>Someone leaves and someone new begins: credentials are withdrawn and issued.</summary>
    private IEnumerable<DateTimeOffset> Replace(Staff leaver, DateTimeOffset at)
    {
        leaver.IsEmployed = false;
        leaver.Ward?.Physicians.Remove(leaver);
        leaver.Ward?.Nurses.Remove(leaver);
        yield return at += scene.Random.Hours(9, 20);
        var admin = leaver.Home.AnyOf(StaffRole.Administrator, scene.Random);
        if (leaver.CredentialId is { } held)
            _pen.RevokeCredential(Presence.Now(scene, admin, scene.Random, at), leaver, held);
        yield return at += scene.Random.Hours(10, 60);
        var joiner = hiring.HireOne(leaver.Home, leaver.Role, leaver.Ward);
        joiner.Oddity = (Next("newColleague"), at + NoveltyLasts);
        Genesis.Onboard(_pen, joiner, at);
        scene.Play(Working.Live(scene, joiner, at + TimeSpan.FromMinutes(30)), at + TimeSpan.FromMinutes(30));
    }

    private OddityLabel Next(string oddity) => OddityLabel.Of(oddity, "", ++_oddityCount);
}

/// <summary>Countries people travel to, and from which stolen accounts are used as well.</summary>
internal static class Foreign
{
    public static readonly string[] Countries =
        ["FR", "ES", "IT", "US", "GB", "PL", "PT", "CH", "AT", "SE", "RO", "BR", "IN", "VN"];
}
