using Microsoft.AspNetCore.Http.HttpResults;
using Web.Security;

namespace Web.Endpoints;

/// <summary>The end of a visit.</summary>
internal static class VisitEndpoints
{
    public static void MapVisit(this IEndpointRouteBuilder app) => app.MapDelete("/api/visit", End);

    /// <summary>Deletes the cookie, and asks the browser to forget what it cached. The conversations stay with whoever has the cookie.</summary>
    private static Ok<Ended> End(HttpContext context)
    {
        Visitors.End(context);
        context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"cookies\", \"storage\"";
        return TypedResults.Ok(new Ended("This browser no longer has access to the conversations. They are stored until they are deleted."));
    }
}
