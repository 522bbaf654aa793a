namespace Silo.Cli.Doctor;

/// <summary>The .NET runtime this program runs on.</summary>
internal static class RuntimeCheck
{
    private const int MajorNeeded = 10;

    public static Finding Judge(Version version) => version.Major >= MajorNeeded
        ? Finding.Ok("dotnet", $".NET {version}")
        : Finding.Wrong("dotnet", $".NET {version} is too old.", $"Install the .NET {MajorNeeded} runtime from https://dot.net/download.");
}
