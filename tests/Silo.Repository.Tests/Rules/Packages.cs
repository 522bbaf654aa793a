using System.Xml.Linq;
using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>A package's version stands once, in Directory.Packages.props.</summary>
internal sealed class Packages : IHouseRule
{
    private static readonly string[] Extensions = [".csproj", ".props", ".targets"];

    public IEnumerable<string> Offences(Checkout checkout) =>
        from file in checkout.Files
        where Extensions.Contains(file.Extension)
        from reference in XDocument.Parse(file.Text).Descendants("PackageReference")
        where HasVersion(reference)
        select $"{file.Path} gives {(string?)reference.Attribute("Include")} a version; it belongs into Directory.Packages.props.";

    private static bool HasVersion(XElement reference) =>
        reference.Attributes().Any(attribute => IsVersion(attribute.Name)) || reference.Elements().Any(element => IsVersion(element.Name));

    private static bool IsVersion(XName name) => name.LocalName is "Version" or "VersionOverride";
}
