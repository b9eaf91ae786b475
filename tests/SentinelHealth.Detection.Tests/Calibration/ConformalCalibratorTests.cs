using SentinelHealth.Detection.Calibration;

namespace SentinelHealth.Detection.Tests.Calibration;

public class ConformalCalibratorTests
{
    [Fact]
    public void Without_history_everything_is_ordinary() => Assert.Equal(1, new ConformalCalibrator().PValue(1_000));

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public void P_values_of_exchangeable_scores_are_uniform(double alpha)
    {
        var calibrator = new ConformalCalibrator();
        var random = new Random(11);
        var below = 0;
        const int scored = 200_000;
        for (var i = 0; i < 50_000; i++)
            calibrator.Learn(Exponential(random), 1);
        for (var i = 0; i < scored; i++)
        {
            var score = Exponential(random);
            if (calibrator.PValue(score) <= alpha)
                below++;
            calibrator.Learn(score, 1);
        }
        Assert.InRange(below / (double)scored, alpha * 0.7, alpha * 1.3);
    }

    [Fact]
    public void P_values_fall_as_scores_rise_even_beyond_everything_seen()
    {
        var calibrator = Taught();
        var last = 1.0;
        for (var score = 0.0; score < 200; score += 0.5)
        {
            var pValue = calibrator.PValue(score);
            Assert.InRange(pValue, double.Epsilon, last + 1e-12);
            last = pValue;
        }
        Assert.True(calibrator.PValue(60) < calibrator.PValue(30) / 2);
    }

    [Fact]
    public void A_reloaded_calibrator_says_the_same()
    {
        var calibrator = Taught();
        using var stream = new MemoryStream();
        calibrator.Save(new BinaryWriter(stream));
        stream.Position = 0;
        var copy = new ConformalCalibrator();
        copy.Load(new BinaryReader(stream));

        foreach (var score in new[] { 0, 0.3, 2, 9, 77.7 })
            Assert.Equal(calibrator.PValue(score), copy.PValue(score));
    }

    private static ConformalCalibrator Taught()
    {
        var calibrator = new ConformalCalibrator();
        var random = new Random(12);
        for (var i = 0; i < 20_000; i++)
            calibrator.Learn(Exponential(random), 1);
        return calibrator;
    }

    private static double Exponential(Random random) => -2 * Math.Log(1 - random.NextDouble());
}
