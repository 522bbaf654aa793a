using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>A project is flat enough to see whole: at most two levels of folders.</summary>
internal sealed class Folders : IHouseRule
{
    private const int LevelsMax = 2;

    public IEnumerable<string> Offences(Checkout checkout) =>
        from file in checkout.Files
        where file.Segments[0] is "src" or "tests"
        let levels = file.Segments.Length - 3
        where levels > LevelsMax
        select $"{file.Path} lies {levels} folders below its project; at most {LevelsMax}.";
}
