using Silo.Repository.Tests.Files;

namespace Silo.Repository.Tests.Rules;

/// <summary>One rule of the house; an offence is a sentence that names the place and what to do.</summary>
internal interface IHouseRule
{
    IEnumerable<string> Offences(Checkout checkout);
}
