using System.Globalization;
using System.Text;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Ingest.Tests.Formats;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-11-02T08:14:03Z", "2026-11-02T08:14:03.0000000")]
    [InlineData("2026-11-02t08:14:03z", "2026-11-02T08:14:03.0000000")]
    [InlineData("2026-11-02T08:14:03.1Z", "2026-11-02T08:14:03.1000000")]
    [InlineData("2026-11-02T08:14:03.1234567Z", "2026-11-02T08:14:03.1234567")]
    [InlineData("2026-11-02T08:14:03.123456789123Z", "2026-11-02T08:14:03.1234567")]
    [InlineData("2026-11-02T08:14:03+02:00", "2026-11-02T06:14:03.0000000")]
    [InlineData("2026-11-02T08:14:03.5-23:59", "2026-11-03T08:13:03.5000000")]
    [InlineData("2026-11-02T08:14:03-00:00", "2026-11-02T08:14:03.0000000")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000")]
    [InlineData("2000-01-01T00:00:00Z", "2000-01-01T00:00:00.0000000")]
    [InlineData("1999-12-31T23:30:00-01:00", "2000-01-01T00:30:00.0000000")]
    [InlineData("2199-12-31T23:59:59.9999999Z", "2199-12-31T23:59:59.9999999")]
    public void An_instant_is_read_as_utc(string text, string expected)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var instant));

        Assert.Equal(expected, instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.Zero, instant.Offset);
    }

    [Theory]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31T23:59:60.999Z")]
    [InlineData("2017-01-01T00:59:60+01:00")]
    public void A_leap_second_is_the_last_instant_of_its_day(string text)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var instant));

        Assert.Equal(new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(-1), instant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-02")]
    [InlineData("2026-11-02T08:14:03")]
    [InlineData("2026-11-02 08:14:03Z")]
    [InlineData("2026-11-02T08:14Z")]
    [InlineData("2026-11-02T08:14:03.Z")]
    [InlineData("2026-11-02T08:14:03.1")]
    [InlineData("2026-11-02T08:14:03ZZ")]
    [InlineData("2026-11-02T08:14:03+0200")]
    [InlineData("2026-11-02T08:14:03+24:00")]
    [InlineData("2026-11-02T08:14:03+02:60")]
    [InlineData("2026-13-02T08:14:03Z")]
    [InlineData("2026-00-02T08:14:03Z")]
    [InlineData("2026-02-29T08:14:03Z")]
    [InlineData("2026-11-00T08:14:03Z")]
    [InlineData("2026-11-02T24:00:00Z")]
    [InlineData("2026-11-02T08:60:03Z")]
    [InlineData("2026-11-02T08:14:61Z")]
    [InlineData("2026-11-02T08:14:60Z")]
    [InlineData("2016-12-31T23:59:60+01:00")]
    [InlineData("20x6-11-02T08:14:03Z")]
    [InlineData("+026-11-02T08:14:03Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+23:59")]
    [InlineData("1999-12-31T23:59:59.9999999Z")]
    [InlineData("2000-01-01T00:00:00+00:01")]
    [InlineData("2200-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:60-23:59")]
    [InlineData("2026/11/02T08:14:03Z")]
    public void Anything_else_is_refused(string text) => Assert.False(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
