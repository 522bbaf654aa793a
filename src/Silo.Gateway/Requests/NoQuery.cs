using Microsoft.AspNetCore.Http;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Requests;

/// <summary>For calls without parameters.</summary>
internal static class NoQuery
{
    public static ProblemResult? Refuse(HttpRequest request)
    {
        var problems = new RequestProblems();
        _ = new QueryFields(request, problems);
        return problems.Any ? ApiProblems.Of(problems) : null;
    }
}
