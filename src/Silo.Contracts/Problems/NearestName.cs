namespace Silo.Contracts.Problems;

/// <summary>The known name that somebody most likely meant.</summary>
public static class NearestName
{
    /// <summary>Beyond this, more characters only cost time.</summary>
    private const int ComparedLengthMax = 128;

    /// <summary>A part of a name says which is meant when it is not shorter than this.</summary>
    private const int PartLengthMin = 3;

    /// <returns>Null when none is close: every third character may be wrong, or a part left out.</returns>
    public static string? Among(IEnumerable<string> known, string given)
    {
        var wanted = given[..Math.Min(given.Length, ComparedLengthMax)].ToLowerInvariant();
        var nearest = known.Order(StringComparer.Ordinal).MinBy(name => Distance(name.ToLowerInvariant(), wanted));
        if (nearest is not null && Distance(nearest.ToLowerInvariant(), wanted) <= Math.Max(1, Math.Min(nearest.Length, wanted.Length) / 3))
            return nearest;
        return wanted.Length < PartLengthMin ? null : known.Order(StringComparer.Ordinal).FirstOrDefault(name => name.Contains(wanted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Levenshtein's edit distance, one row at a time.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
