using System.Globalization;

namespace Silo.Benchmarks.Measuring;

/// <summary>A figure over the rounds of a run.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <param name="values">At least one.</param>
    /// <param name="digits">Behind the point.</param>
    public static Spread Of(IEnumerable<double> values, int digits)
    {
        var sorted = values.Order().ToArray();
        return new Spread(Math.Round(Quantile(sorted, 0.5), digits), Math.Round(sorted[0], digits), Math.Round(sorted[^1], digits));
    }

    /// <summary>The value below which this share of the sorted values lies, between neighbours in proportion.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        return below + 1 == sorted.Count ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median} ({Min} to {Max})");
}
